import HTTP2Framing
import HTTPExchanges
import NIOCore
import NIOHPACK

/// Turns an HTTP/2 field list into the head that the same request would have in HTTP/1.1.
///
/// ```
///   :method GET  :scheme https  :authority shop  :path /products/1  accept */*
///   GET /products/1 HTTP/1.1\r\nHost: shop\r\naccept: */*\r\n\r\n
///
///   :method CONNECT  :protocol websocket  :scheme https  :authority shop  :path /chat
///   GET /chat HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n
/// ```
/// The text then goes through the one parser of heads, so that a request is read by the same rules whatever brought it,
/// and nothing can mean one thing here and another one behind the gateway. What could end a line or a word early is
/// refused before it is written (RFC 9113 §8.2.1, §10.3).
enum RequestHeadTranslation {
    /// Why a field list is no request (RFC 9113 §8.1.1, §8.3).
    enum Defect: Error {
        /// It is malformed: the stream is reset.
        case malformed
        /// It has more fields, or larger ones, than are accepted.
        case tooLarge
        /// A method that opens a tunnel of a kind that is not offered.
        case tunnel
    }

    /// Writes the head.
    ///
    /// - Parameter hasContent: the stream goes on behind the field list.
    /// - Parameter isSecure: the connection is encrypted, and `:scheme` must say so.
    /// - Returns: whether the request asks for a WebSocket by extended CONNECT (RFC 8441); then nothing of the stream is
    ///   content.
    /// - Throws: ``Defect``.
    static func write(
        _ fields: HPACKHeaders, hasContent: Bool, limits: HeadLimits, into buffer: inout ByteBuffer
    ) throws(Defect) -> Bool {
        // Counted before crumbs of a cookie become one field: they cost memory one by one.
        guard fields.count <= limits.fields + 4 else { throw .tooLarge }
        let pseudo = try PseudoFields(fields)
        buffer.writeString(pseudo.method)
        buffer.writeStaticString(" ")
        buffer.writeString(pseudo.path)
        buffer.writeStaticString(" HTTP/1.1\r\nHost: ")
        buffer.writeString(pseudo.authority)
        if pseudo.opensTunnel { buffer.writeStaticString("\r\nConnection: Upgrade\r\nUpgrade: websocket") }
        var hasLength = false
        var hasCookie = false
        for (name, value, _) in fields {
            guard name.utf8.first != UInt8(ascii: ":") else { continue }
            switch name {
            case "host": continue
            case "cookie":
                hasCookie = true
                continue
            case "content-length": hasLength = true
            // RFC 8441 §5: it is not used, and what is sent to the service is made for it.
            case "sec-websocket-key" where pseudo.opensTunnel: continue
            // RFC 9113 §8.2.2: what concerns one connection of HTTP/1.1 has no place here.
            case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade": throw .malformed
            case "te": guard value == "trailers" else { throw .malformed }
            default: break
            }
            guard FieldText.isName(name), FieldText.isValue(value) else { throw .malformed }
            buffer.writeStaticString("\r\n")
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
        }
        if hasCookie { try writeCookie(fields, into: &buffer) }
        // Where HTTP/2 needs no length, HTTP/1.1 has chunks.
        if hasContent, !hasLength, !pseudo.opensTunnel { buffer.writeStaticString("\r\nTransfer-Encoding: chunked") }
        buffer.writeStaticString("\r\n\r\n")
        return pseudo.opensTunnel
    }

    /// One `Cookie` field out of its crumbs (RFC 9113 §8.2.3).
    private static func writeCookie(_ fields: HPACKHeaders, into buffer: inout ByteBuffer) throws(Defect) {
        var isFirst = true
        for (name, value, _) in fields where name == "cookie" {
            guard FieldText.isValue(value) else { throw .malformed }
            if isFirst { buffer.writeStaticString("\r\ncookie: ") } else { buffer.writeStaticString("; ") }
            buffer.writeString(value)
            isFirst = false
        }
    }

    /// The lines of a trailer section, without the fields that may not stand there (RFC 9110 §6.5.1).
    ///
    /// - Throws: ``Defect`` when the section is malformed.
    static func trailers(_ fields: HPACKHeaders, limits: HeadLimits) throws(Defect) -> [UInt8] {
        guard fields.count <= limits.fields else { throw .tooLarge }
        var text: [UInt8] = []
        for (name, value, _) in fields {
            guard FieldText.isName(name), FieldText.isValue(value) else { throw .malformed }
            var copy = name
            let token = copy.withUTF8 { FieldName.recognise(UnsafeRawBufferPointer($0)) }
            if token == .transferEncoding || token == .connection || token == .contentLength { throw .malformed }
            guard !token.isForbiddenInTrailers else { continue }
            text += Array(name.utf8) + [0x3A, 0x20] + Array(value.utf8) + [0x0D, 0x0A]
            guard text.count <= limits.bytes else { throw .tooLarge }
        }
        return text
    }
}

/// The pseudo-header fields of a request (RFC 9113 §8.3.1, RFC 8441 §4), checked.
private struct PseudoFields {
    /// The method that HTTP/1.1 would have.
    let method: String
    let path: String
    let authority: String
    /// Whether the request is an extended CONNECT for a WebSocket.
    let opensTunnel: Bool

    init(_ fields: HPACKHeaders) throws(RequestHeadTranslation.Defect) {
        var found: [String: String] = [:]
        var hosts: [String] = []
        var isOver = false
        for (name, value, _) in fields {
            guard name.utf8.first == UInt8(ascii: ":") else {
                isOver = true
                if name == "host" { hosts.append(value) }
                continue
            }
            // None behind a regular field, none twice (RFC 9113 §8.3).
            guard !isOver, found.updateValue(value, forKey: name) == nil else { throw .malformed }
        }
        guard let method = found[":method"], Self.isWord(method), method.utf8.allSatisfy({ OctetClass.isToken($0) })
        else {
            throw .malformed
        }
        let tunnelled = found[":protocol"]
        guard (method == "CONNECT") == (tunnelled != nil) else { throw method == "CONNECT" ? .tunnel : .malformed }
        guard tunnelled?.lowercased() ?? "websocket" == "websocket" else { throw .tunnel }
        guard found.count == 3 + (found[":authority"] == nil ? 0 : 1) + (tunnelled == nil ? 0 : 1),
            let path = found[":path"],
            let scheme = found[":scheme"]?.lowercased(), scheme == "http" || scheme == "https",
            Self.isWord(path), path.utf8.first == UInt8(ascii: "/") || path == "*" && method == "OPTIONS",
            !path.utf8.contains(UInt8(ascii: "#")), hosts.count <= 1
        else { throw .malformed }
        // A Host that names somebody else than :authority is malformed (RFC 9113 §8.3.1).
        guard let authority = found[":authority"] ?? hosts.first, Self.isWord(authority),
            hosts.first.map({ $0.lowercased() == authority.lowercased() }) ?? true
        else { throw .malformed }
        opensTunnel = tunnelled != nil
        self.method = opensTunnel ? "GET" : method
        self.path = path
        self.authority = authority
    }

    /// Whether a value has octets, and none that ends a word.
    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } && FieldText.isValue(text)
    }
}
