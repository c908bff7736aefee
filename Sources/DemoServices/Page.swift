import JSONDocuments

/// One page of a list.
struct Page<Item: ReplyContent>: ReplyContent {
    /// The largest page number; beyond it the arithmetic is nobody's business.
    static var lastNumber: Int { 100_000 }

    /// The most items that a page holds.
    static var largestLimit: Int { 100 }

    /// The items of this page.
    private let items: ArraySlice<Item>

    /// Which page it is, from 1.
    private let number: Int

    /// How many items a page holds at most.
    private let limit: Int

    /// How many items there are on all pages.
    private let total: Int

    /// Cuts the page that the query asks for by `page` and `limit`; a page past the end is empty.
    init(of all: [Item], asked query: QueryReader) throws(Refusal) {
        number = try query.integer("page", 1...Self.lastNumber) ?? 1
        limit = try query.integer("limit", 1...Self.largestLimit) ?? 20
        total = all.count
        items = all.dropFirst((number - 1) * limit).prefix(limit)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        for item in items { item.write(to: &writer) }
        writer.endArray()
        writer.member("page", number)
        writer.member("limit", limit)
        writer.member("total", total)
        writer.endObject()
    }
}
