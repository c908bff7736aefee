import Crypto
import HTTPExchanges

/// The opening handshake of a WebSocket (RFC 6455 §4) as the one in the middle sees it: what a client has to ask for, and
/// what the service has to answer before the gateway believes that both speak the same.
///
/// The client's key goes on to the service. A client of HTTP/2 has none (RFC 8441 §5); then the gateway makes one.
package struct WebSocketHandshake: Sendable {
    /// What is wrong with a request.
    package enum Defect: Error {
        /// `Sec-WebSocket-Key` is missing, repeated, or not 16 octets in base64.
        case key
        /// `Sec-WebSocket-Version` is not 13.
        case version
        /// There is content: nobody could say whether it belongs to the request or to the tunnel.
        case content
    }

    /// The key that the gateway has made; empty where the client has sent its own.
    package let madeKey: [UInt8]
    /// What the service has to answer.
    package let accept: [UInt8]

    /// Whether a request asks for a WebSocket. Everything else that an `Upgrade` may name is none of the gateway's business
    /// (RFC 9110 §7.8), and HTTP/1.0 knows no upgrade.
    package static func isAskedFor(by head: RequestHead) -> Bool {
        let table = head.table
        guard table.connection.contains(.upgrade), table.minorVersion >= 1, head.method.isMethod("GET") else {
            return false
        }
        return namesWebSocket(table, bytes: head.bytes)
    }

    /// The handshake that a request begins.
    ///
    /// - Throws: ``Defect``.
    package init(_ head: RequestHead) throws(Defect) {
        guard head.table.framing == .none else { throw .content }
        guard Self.only("sec-websocket-version", of: head.table, bytes: head.bytes)?.isToken("13") == true else {
            throw .version
        }
        if head.opensTunnel {
            var random = SystemRandomNumberGenerator()
            madeKey = Base64Octets.encode((0..<16).map { _ in random.next() })
            accept = Self.accept(for: madeKey)
        } else {
            guard let key = Self.only("sec-websocket-key", of: head.table, bytes: head.bytes),
                Base64Octets.isKey(key)
            else { throw .key }
            madeKey = []
            accept = Self.accept(for: Array(key))
        }
    }

    /// What answers a key (RFC 6455 §4.2.2).
    package static func accept(for key: [UInt8]) -> [UInt8] {
        var hash = Insecure.SHA1()
        for octets in [key, Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)] {
            octets.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        return Base64Octets.encode(Array(hash.finalize()))
    }

    /// Whether a reply of 101 is the one that was asked for (RFC 6455 §4.1).
    package func isAnswered(by table: HeadTable, bytes: UnsafeRawBufferPointer) -> Bool {
        guard table.connection.contains(.upgrade), Self.namesWebSocket(table, bytes: bytes),
            let answer = Self.only("sec-websocket-accept", of: table, bytes: bytes)
        else { return false }
        return answer.elementsEqual(accept)
    }

    /// Whether `Upgrade` names this protocol.
    private static func namesWebSocket(_ table: HeadTable, bytes: UnsafeRawBufferPointer) -> Bool {
        var isNamed = false
        for index in 0..<table.count where table[index].token == .upgrade {
            ListMembers.forEach(table[index].value.slice(of: bytes)) { if $0.isToken("websocket") { isNamed = true } }
        }
        return isNamed
    }

    /// The value of the one field of that name; nil when there is none or more than one, or when `Connection` names it: then
    /// it is for the hop before, and the service would not see it.
    private static func only(
        _ name: StaticString, of table: HeadTable, bytes: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        var found: UnsafeRawBufferPointer?
        for index in 0..<table.count where table[index].name.slice(of: bytes).isToken(name) {
            guard found == nil, !table[index].isNamedByConnection else { return nil }
            found = table[index].value.slice(of: bytes)
        }
        return found
    }
}

/// Base64 with padding (RFC 4648 §4), as handshakes need it.
private enum Base64Octets {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of some octets.
    static func encode(_ octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((octets.count + 2) / 3 * 4)
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                text.append(
                    place <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
        }
        return text
    }

    /// Whether a text stands for 16 octets: 22 characters, the last of which has two bits only, and the padding.
    static func isKey(_ text: UnsafeRawBufferPointer) -> Bool {
        text.count == 24 && text[22] == UInt8(ascii: "=") && text[23] == UInt8(ascii: "=")
            && text[..<22].allSatisfy { alphabet.contains($0) } && "AQgw".utf8.contains(text[21])
    }
}
