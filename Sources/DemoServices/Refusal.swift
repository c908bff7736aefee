import JSONDocuments

/// Why a service says no. It becomes the reply `{"message": …}` that all three documents describe.
struct Refusal: Error, ReplyContent {
    /// The status code, 400 to 499.
    let status: Int

    /// The reason, for people.
    let message: String

    /// The methods for `Allow`, with 405 only (RFC 9110 §15.5.6).
    var allowed: [String] = []

    /// 400: the request is not what the document describes.
    static func badRequest(_ message: String) -> Refusal { Refusal(status: 400, message: message) }

    /// 404: there is no such thing.
    static func notFound(_ message: String) -> Refusal { Refusal(status: 404, message: message) }

    /// 409: it clashes with what is there.
    static func conflict(_ message: String) -> Refusal { Refusal(status: 409, message: message) }

    /// The reply.
    var response: DemoResponse {
        var response = DemoResponse.json(status, self)
        if status == 405 { response.headers.append((name: "Allow", value: allowed.joined(separator: ", "))) }
        return response
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("message", message)
        writer.endObject()
    }
}
