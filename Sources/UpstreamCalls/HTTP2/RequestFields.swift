import HTTP2Framing
import HTTPExchanges
import NIOHPACK

/// Turns the head of an HTTP/1.1 request into an HTTP/2 field list (RFC 9113 §8.3.1).
enum RequestFields {
    /// The field list of a head: the pseudo-header fields, then every line that is no business of one connection.
    ///
    /// `te: trailers` is always said: this gateway takes trailers, and services of gRPC ask for the word.
    ///
    /// - Returns: nil when a value is not UTF-8, which HPACK's strings cannot hold.
    static func head(_ table: HeadTable, of bytes: UnsafeRawBufferPointer, isSecure: Bool) -> HPACKHeaders? {
        var fields = HPACKHeaders()
        fields.reserveCapacity(table.count + 5)
        guard let method = text(table.method.slice(of: bytes)), let path = text(table.target.slice(of: bytes)) else {
            return nil
        }
        fields.add(name: ":method", value: method)
        fields.add(name: ":scheme", value: isSecure ? "https" : "http")
        fields.add(name: ":path", value: path)
        if table.hostLine >= 0 {
            guard let host = text(table[table.hostLine].value.slice(of: bytes)) else { return nil }
            fields.add(name: ":authority", value: host)
        }
        for index in 0..<table.count {
            let line = table[index]
            // RFC 9113 §8.2.2: what concerns one connection of HTTP/1.1 stays behind.
            guard line.token != .host, !line.token.isHopByHop, !line.isNamedByConnection else { continue }
            guard let value = text(line.value.slice(of: bytes)) else { return nil }
            fields.add(name: FieldText.lowercased(line.name.slice(of: bytes)), value: value)
        }
        fields.add(name: "te", value: "trailers")
        return fields
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        String(validating: bytes, as: UTF8.self)
    }
}
