/// One request as a demo service sees it, already read from the wire.
package struct DemoRequest: Sendable {
    /// The method, as it was sent: `GET`.
    package var method: String

    /// The path without the query, percent-encoded as it was sent.
    package var path: String

    /// What follows the `?`, percent-encoded; empty without one.
    package var query: String

    /// The fields in the order of the wire.
    package var headers: [(name: String, value: String)]

    /// The content.
    package var body: [UInt8]

    /// Makes a request; only the method and the path are always there.
    package init(
        method: String, path: String, query: String = "", headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The first value of a field, its name compared without case (RFC 9110 §5.1).
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.value
    }
}
