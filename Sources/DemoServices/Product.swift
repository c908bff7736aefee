import JSONDocuments

/// Something that the shop sells, as specs/products.yaml describes it.
struct Product: Numbered, ReplyContent {
    /// A department of the shop.
    enum Category: String, CaseIterable, Sendable {
        case books, garden, kitchen, lighting, outdoor, stationery
    }

    /// The currency of a price (ISO 4217).
    enum Currency: String, CaseIterable, Sendable {
        case euro = "EUR"
        case pound = "GBP"
        case dollar = "USD"
    }

    /// One of the things that are particular to a kind of product.
    struct Attribute: Sendable {
        /// What it is called.
        var name: String

        /// What a customer reads.
        var value: String
    }

    /// What a client may send.
    static let names = [
        "sku", "name", "description", "category", "price", "currency", "stock", "weightGrams", "tags", "attributes",
        "discontinuedAt",
    ]

    /// Most pieces in the warehouse.
    static let mostStock = 1_000_000

    /// The number; 0 until the store has given one.
    var id: Int

    /// The warehouse's unique name.
    var sku = ""

    /// What the product is called.
    var name = ""

    /// What a customer wants to know.
    var description = ""

    /// The department.
    var category = Category.kitchen

    /// The price of one piece in hundredths, so that it is exact.
    var priceInHundredths = 0

    /// The currency of the price.
    var currency = Currency.euro

    /// How many pieces are in the warehouse.
    var stock = 0

    /// The weight of one piece in grams.
    var weightGrams: Int?

    /// Words to find the product by.
    var tags: [String] = []

    /// What is particular to this kind of product.
    var attributes: [Attribute] = []

    /// Since when the product is no longer made.
    var discontinuedAt: String?

    /// When it came into the catalogue, in seconds since 1970.
    let createdAt: Int

    /// When it was changed last.
    var updatedAt: Int

    /// A product about which nothing is known yet.
    init(id: Int = 0, createdAt: Int, updatedAt: Int) {
        self.id = id
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Takes over the members that are there; the others stay.
    mutating func apply(_ fields: FieldReader) throws(Refusal) {
        if fields.has("sku") {
            sku = try fields.string("sku", 8...8, rule: "three letters and four digits such as KIT-0001") {
                $0.wholeMatch(of: /[A-Z]{3}-[0-9]{4}/) != nil
            }
        }
        if fields.has("name") { name = try fields.string("name", 1...120) }
        if fields.has("description") { description = try fields.string("description", 0...2000) }
        if fields.has("category") { category = try fields.choice("category", as: Category.self) }
        if fields.has("price") { priceInHundredths = try fields.hundredths("price", upTo: 100_000) }
        if fields.has("currency") { currency = try fields.choice("currency", as: Currency.self) }
        if fields.has("stock") { stock = try fields.integer("stock", 0...Self.mostStock) }
        if fields.has("weightGrams") { weightGrams = try fields.integer("weightGrams", 1...500_000) }
        if fields.has("tags") { tags = try Self.tags(fields.array("tags", 0...10)) }
        if fields.has("attributes") { attributes = try Self.attributes(fields.map("attributes", upTo: 20)) }
        if fields.isNull("discontinuedAt") {
            discontinuedAt = nil
        } else if fields.has("discontinuedAt") {
            discontinuedAt = try fields.string(
                "discontinuedAt", 20...40, rule: "an instant such as 2025-11-30T00:00:00Z",
                where: CalendarTime.isInstant)
        }
    }

    /// Reads the tags: words, each once.
    private static func tags(_ values: [JSONValue]) throws(Refusal) -> [String] {
        var tags: [String] = []
        for value in values {
            guard let tag = value.string, tag.utf8.count <= 32, tag.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil
            else {
                throw .badRequest("A tag has to be small letters and digits, joined by dashes.")
            }
            guard !tags.contains(tag) else { throw .badRequest("The tag \(tag) is there twice.") }
            tags.append(tag)
        }
        return tags
    }

    /// Reads the attributes: texts under short names.
    private static func attributes(_ members: [JSONMember]) throws(Refusal) -> [Attribute] {
        var attributes: [Attribute] = []
        for member in members {
            guard member.name.wholeMatch(of: /[a-z][A-Za-z0-9]{0,31}/) != nil else {
                throw .badRequest("\(member.name) is no name for an attribute.")
            }
            guard let text = member.value.string, text.unicodeScalars.count <= 120 else {
                throw .badRequest("The attribute \(member.name) has to be a string of at most 120 characters.")
            }
            attributes.append(Attribute(name: member.name, value: text))
        }
        return attributes
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", id)
        writer.member("sku", sku)
        writer.member("name", name)
        writer.member("description", description)
        writer.member("category", category.rawValue)
        writer.key("price")
        // Hundredths divided give the double nearest to the decimal, and its shortest text is that decimal.
        writer.double(Double(priceInHundredths) / 100)
        writer.member("currency", currency.rawValue)
        writer.member("stock", stock)
        if let weightGrams { writer.member("weightGrams", weightGrams) }
        writer.key("tags")
        writer.beginArray()
        for tag in tags { writer.string(tag) }
        writer.endArray()
        if !attributes.isEmpty {
            writer.key("attributes")
            writer.beginObject()
            for attribute in attributes { writer.member(attribute.name, attribute.value) }
            writer.endObject()
        }
        writer.key("discontinuedAt")
        if let discontinuedAt { writer.string(discontinuedAt) } else { writer.null() }
        writer.member("createdAt", CalendarTime.text(createdAt))
        writer.member("updatedAt", CalendarTime.text(updatedAt))
        writer.endObject()
    }
}
