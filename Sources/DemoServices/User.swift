import JSONDocuments

/// An account, as specs/users.yaml describes it.
struct User: Numbered, ReplyContent {
    /// What a user may do.
    enum Role: String, CaseIterable, Sendable {
        case customer, staff, admin
    }

    /// Where parcels go.
    struct Address: Sendable {
        /// Street and number.
        var street: String

        /// The town.
        var city: String

        /// The code of the postal service.
        var postalCode: String

        /// The country's two letters (ISO 3166-1).
        var country: String
    }

    /// What a client may send.
    static let names = ["username", "email", "name", "role", "phone", "address"]

    /// The number; 0 until the store has given one.
    var id: Int

    /// The unique login name.
    var username = ""

    /// The unique e-mail address.
    var email = ""

    /// The name as the user writes it.
    var name = ""

    /// What the user may do.
    var role = Role.customer

    /// The phone number in international form.
    var phone: String?

    /// Where parcels go.
    var address: Address?

    /// When the account was opened, in seconds since 1970.
    let createdAt: Int

    /// When it was changed last.
    var updatedAt: Int

    /// An account about which nothing is known yet.
    init(id: Int = 0, createdAt: Int, updatedAt: Int) {
        self.id = id
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Takes over the members that are there; the others stay.
    mutating func apply(_ fields: FieldReader) throws(Refusal) {
        if fields.has("username") {
            username = try fields.string("username", 3...32, rule: "small letters and digits, joined by . _ or -") {
                $0.wholeMatch(of: /[a-z][a-z0-9]*([._-][a-z0-9]+)*/) != nil
            }
        }
        if fields.has("email") {
            email = try fields.string("email", 3...254, rule: "an e-mail address") { text in
                let atom = /[A-Za-z0-9!#$%&'*+\/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+\/=?^_`{|}~-]+)*/
                let label = /[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?/
                let parts = text.split(separator: "@", omittingEmptySubsequences: false)
                return parts.count == 2 && parts[0].utf8.count <= 64 && parts[0].wholeMatch(of: atom) != nil
                    && parts[1].split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                        $0.wholeMatch(of: label) != nil
                    }
            }
        }
        if fields.has("name") { name = try fields.string("name", 1...100) }
        if fields.has("role") { role = try fields.choice("role", as: Role.self) }
        if fields.isNull("phone") {
            phone = nil
        } else if fields.has("phone") {
            phone = try fields.string("phone", 8...16, rule: "a number such as +4687712045") {
                $0.wholeMatch(of: /\+[1-9][0-9]{6,14}/) != nil
            }
        }
        if fields.has("address") { address = try Address(fields.object("address", names: Address.names)) }
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", id)
        writer.member("username", username)
        writer.member("email", email)
        writer.member("name", name)
        writer.member("role", role.rawValue)
        if let phone { writer.member("phone", phone) }
        if let address {
            writer.key("address")
            address.write(to: &writer)
        }
        writer.member("createdAt", CalendarTime.text(createdAt))
        writer.member("updatedAt", CalendarTime.text(updatedAt))
        writer.endObject()
    }
}

extension User.Address: ReplyContent {
    /// What a client sends, all of it.
    static let names = ["street", "city", "postalCode", "country"]

    /// Reads an address.
    init(_ fields: FieldReader) throws(Refusal) {
        try fields.require(Self.names)
        street = try fields.string("street", 1...120)
        city = try fields.string("city", 1...80)
        postalCode = try fields.string("postalCode", 3...12, rule: "a postal code") {
            $0.wholeMatch(of: /[A-Z0-9][A-Z0-9 -]{1,10}[A-Z0-9]/) != nil
        }
        country = try fields.string("country", 2...2, rule: "two letters such as SE") {
            $0.wholeMatch(of: /[A-Z]{2}/) != nil
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("street", street)
        writer.member("city", city)
        writer.member("postalCode", postalCode)
        writer.member("country", country)
        writer.endObject()
    }
}
