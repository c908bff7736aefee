import JSONDocuments

/// The reply of a demo service. The listener adds what belongs to the wire: `Content-Length`, `Date`, `Connection`.
package struct DemoResponse: Sendable {
    /// The status code.
    package var status: Int

    /// The fields, without those of the framing.
    package var headers: [(name: String, value: String)]

    /// The content; empty for 204.
    package var body: [UInt8]

    /// Makes a reply.
    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A reply with JSON content.
    static func json(_ status: Int, _ content: some ReplyContent, location: String? = nil) -> DemoResponse {
        var writer = JSONWriter()
        content.write(to: &writer)
        var headers = [(name: "Content-Type", value: "application/json")]
        if let location { headers.append((name: "Location", value: location)) }
        return DemoResponse(status: status, headers: headers, body: writer.bytes)
    }
}

/// A value that a service can show to its clients.
protocol ReplyContent {
    /// Writes the value as one JSON value.
    func write(to writer: inout JSONWriter)
}
