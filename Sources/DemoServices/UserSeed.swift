/// The accounts that are there when the shop opens.
enum UserSeed {
    /// 2024-01-08T09:15:00Z, when the first account was opened.
    private static let opening = 1_704_705_300

    /// Name, phone number, street, city, postal code, country: 25 people, some of whom keep things to themselves.
    private static let people: [(name: String, phone: String?, address: [String]?)] = [
        ("Ada Lindqvist", "+4687712045", ["Norra Agnegatan 12", "Stockholm", "11229", "SE"]),
        ("Bruno Carvalho", "+351213550178", ["Rua da Rosa 87", "Lisboa", "1200-382", "PT"]),
        ("Chiara Conti", nil, ["Via Garibaldi 31", "Torino", "10122", "IT"]),
        ("Daan Visser", "+31204470991", ["Haarlemmerdijk 140", "Amsterdam", "1013 JH", "NL"]),
        ("Elif Kaya", "+902122930455", nil),
        ("Femi Adeyemi", "+442079460318", ["41 Camden Road", "London", "NW1 9LR", "GB"]),
        ("Greta Hofmann", nil, ["Linienstrasse 54", "Berlin", "10119", "DE"]),
        ("Hugo Moreau", "+33478429911", ["Rue de la Loge 4", "Lyon", "69005", "FR"]),
        ("Ines Ferreira", nil, nil),
        ("Jonas Bergstrom", "+4531120877", ["Vesterbrogade 19", "Copenhagen", "1620", "DK"]),
        ("Katarzyna Nowak", "+48225550134", ["Ulica Hoza 27", "Warszawa", "00-521", "PL"]),
        ("Liam Byrne", "+35316790244", ["6 Fade Street", "Dublin", "D02 XV88", "IE"]),
        ("Maja Horvat", nil, ["Ilica 88", "Zagreb", "10000", "HR"]),
        ("Nikos Papadakis", "+302103240815", ["Ermou 45", "Athens", "105 63", "GR"]),
        ("Olga Petrova", "+35929810347", nil),
        ("Pablo Serrano", "+34915220861", ["Calle de Hortaleza 64", "Madrid", "28004", "ES"]),
        ("Quinn Walker", "+13125550142", ["1847 North Damen Avenue", "Chicago", "60647", "US"]),
        ("Rasmus Laine", nil, ["Fredrikinkatu 33", "Helsinki", "00120", "FI"]),
        ("Sofie Maes", "+3225130964", ["Rue Haute 118", "Brussels", "1000", "BE"]),
        ("Tomas Dvorak", "+420222310518", ["Vinohradska 52", "Praha", "12000", "CZ"]),
        ("Uma Raman", "+919845550127", nil),
        ("Viktor Szabo", nil, ["Raday utca 14", "Budapest", "1092", "HU"]),
        ("Wanjiru Kamau", "+254205550119", ["Kimathi Street 8", "Nairobi", "00100", "KE"]),
        ("Xenia Baumann", "+41443220817", ["Langstrasse 92", "Zurich", "8004", "CH"]),
        ("Yusuf Demir", nil, ["Mariahilfer Strasse 71", "Wien", "1060", "AT"]),
    ]

    /// A store with everybody in it; numbers 4 and 7 work in the shop, number 1 runs it.
    static func store() -> NumberedStore<User> {
        var store = NumberedStore<User>(of: "user")
        for (index, person) in people.enumerated() {
            let opened = opening + index * 5 * CalendarTime.secondsPerDay + index * 1_740
            let login = person.name.lowercased().split(separator: " ").joined(separator: ".")
            var user = User(createdAt: opened, updatedAt: opened)
            user.username = login
            user.email = "\(login)@mail.example"
            user.name = person.name
            user.phone = person.phone
            user.role = index == 0 ? .admin : index == 3 || index == 6 ? .staff : .customer
            if let lines = person.address, lines.count == 4 {
                user.address = User.Address(street: lines[0], city: lines[1], postalCode: lines[2], country: lines[3])
            }
            store.add(user)
        }
        return store
    }
}
