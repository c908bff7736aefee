import HTTP2Framing
import HTTPExchanges
import NIOHPACK

/// Turns response heads and trailer sections of the gateway into HTTP/2 field lists (RFC 9113 §8.2, §8.3.2).
enum ResponseFields {
    /// The fields of a head: `:status`, lines of the received head that go on, lines of the gateway's own, the length.
    static func head(_ head: ResponseHead, loop: ExchangeLoop, answersHEAD: Bool) -> HPACKHeaders {
        var fields = interim(head, loop: loop)
        loop.additions.text.withUnsafeBytes { text in
            for line in loop.additions.lines {
                add(line.name.slice(of: text), line.value.slice(of: text), to: &fields)
            }
        }
        if head.status == 204 { return fields }
        let hasNoContent = head.status == 304 || answersHEAD
        if let length = hasNoContent ? head.statedLength : length(of: head.framing) {
            fields.add(name: "content-length", value: String(length))
        }
        return fields
    }

    /// The fields of a head that opens a tunnel: the service's 101 is 200 here, and there is nothing to be accepted
    /// (RFC 8441 §5).
    static func tunnel(_ head: ResponseHead, loop: ExchangeLoop) -> HPACKHeaders {
        Self.head(
            ResponseHead(
                status: 200, received: head.received, framing: .untilClose,
                replacesOriginFields: head.replacesOriginFields,
                hidden: head.hidden + [Array("sec-websocket-accept".utf8)]),
            loop: loop, answersHEAD: false)
    }

    /// The fields of an interim head.
    static func interim(_ head: ResponseHead, loop: ExchangeLoop) -> HPACKHeaders {
        var fields = HPACKHeaders()
        fields.reserveCapacity(16)
        fields.add(name: ":status", value: String(head.status))
        guard let received = head.received else { return fields }
        let table = loop.responseTable
        for index in 0..<table.count {
            let line = table[index]
            if head.forwards(line) { add(line.name.slice(of: received), line.value.slice(of: received), to: &fields) }
        }
        return fields
    }

    private static func length(of framing: BodyFraming) -> Int64? {
        switch framing {
        case .none: 0
        case .length(let length): length
        case .chunked, .untilClose: nil
        }
    }

    /// Adds a field with its name in lower case (RFC 9113 §8.2.1).
    private static func add(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to fields: inout HPACKHeaders
    ) {
        fields.add(name: FieldText.lowercased(name), value: FieldText.value(value))
    }
}
