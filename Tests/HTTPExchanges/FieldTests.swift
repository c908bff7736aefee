import HTTPExchanges
import NIOCore
import TestSupport
import Testing

@Suite("Field names, hosts and dates")
struct FieldTests {
    private static func recognise(_ name: String) -> FieldName {
        name.octets.withUnsafeBytes { FieldName.recognise($0) }
    }

    @Test(
        "known names are recognised in any case (RFC 9110 §5.1)",
        arguments: [
            ("Host", FieldName.host), ("CONNECTION", .connection), ("content-length", .contentLength),
            ("Transfer-Encoding", .transferEncoding), ("Content-Type", .contentType), ("Expect", .expect),
            ("Upgrade", .upgrade), ("TE", .te), ("Trailer", .trailer), ("Keep-Alive", .keepAlive),
            ("Proxy-Connection", .proxyConnection), ("Proxy-Authorization", .proxyAuthorization),
            ("Proxy-Authenticate", .proxyAuthenticate), ("Via", .via), ("Max-Forwards", .maxForwards),
            ("HTTP2-Settings", .http2Settings), ("Forwarded", .forwarded), ("X-Forwarded-For", .xForwardedFor),
            ("X-Forwarded-Host", .xForwardedHost), ("X-Forwarded-Proto", .xForwardedProto),
            ("X-Forwarded-Port", .xForwardedPort), ("X-Real-IP", .xRealIP), ("X-Original-URL", .xOriginalURL),
            ("X-Rewrite-URL", .xRewriteURL), ("X-Host", .xHost), ("X-Request-ID", .xRequestID), ("Date", .date),
            ("Server", .server), ("Cookie", .cookie), ("Accept", .accept), ("Authorization", .authorization),
            ("Accept-Encoding", .acceptEncoding), ("Content-Encoding", .contentEncoding),
        ])
    func known(name: String, field: FieldName) {
        #expect(Self.recognise(name) == field)
        #expect(Self.recognise(name.uppercased()) == field)
        #expect(Self.recognise(name.lowercased()) == field)
    }

    @Test("one octet more, less or different makes a name unknown, and never another known one")
    func neighbours() {
        let names = [
            "host", "connection", "content-length", "transfer-encoding", "x-forwarded-for", "http2-settings", "te",
        ]
        for name in names {
            let octets = name.octets
            #expect(Self.recognise(name + "x") == .other)
            #expect(Self.recognise(String(name.dropLast())) == .other)
            for index in octets.indices {
                for octet: UInt8 in 0...255
                where octet | 0x20 != octets[index] || !(0x61...0x7A).contains(octets[index]) {
                    guard octet != octets[index] else { continue }
                    var changed = octets
                    changed[index] = octet
                    #expect(
                        changed.withUnsafeBytes { FieldName.recognise($0) } == .other, "\(name), \(index), \(octet)")
                }
            }
        }
        #expect(Self.recognise("") == .other)
    }

    @Test("fields of one hop end here (RFC 9110 §7.6.1)")
    func hopByHop() {
        for field: FieldName in [.connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade] {
            #expect(field.isHopByHop)
        }
        for field: FieldName in [.host, .contentLength, .contentType, .via, .date, .other, .trailer, .cookie] {
            #expect(!field.isHopByHop)
        }
        #expect(FieldName.xForwardedFor.isForwardingClaim)
        #expect(!FieldName.via.isForwardingClaim)
        #expect(!FieldName.other.isForbiddenInTrailers)
        #expect(FieldName.contentLength.isForbiddenInTrailers)
    }

    @Test(
        "hosts that are valid (RFC 3986 §3.2.2)",
        arguments: [
            "a", "shop.test", "shop.test:80", "shop.test:", "127.0.0.1:8080", "[::1]", "[::1]:8080", "[::ffff:1.2.3.4]",
            "under_score.test", "a-b.test:65535",
        ])
    func validHosts(host: String) {
        #expect(host.octets.withUnsafeBytes { HostSyntax.isValid($0) })
    }

    @Test(
        "hosts that are not",
        arguments: [
            "", ":80", "a b", "a,b", "user@a", "a/b", "a?b", "a#b", "a\\b", "a%2eb", "a:b", "a:80:80", "a:123456",
            "a:-1", "[::1",
            "::1", "[]", "[:]x", "[::1]x", "[g::1]", "[::1%25eth0]", "\u{E9}.test", "a\0", "a\t", "*", "<a>", "a:+1",
        ])
    func invalidHosts(host: String) {
        #expect(!host.octets.withUnsafeBytes { HostSyntax.isValid($0) })
    }

    @Test("a host has at most 260 octets")
    func hostLength() {
        #expect(!String(repeating: "a", count: 261).octets.withUnsafeBytes { HostSyntax.isValid($0) })
        #expect(String(repeating: "a", count: 253).octets.withUnsafeBytes { HostSyntax.isValid($0) })
    }

    @Test(
        "dates are IMF-fixdate (RFC 9110 §5.6.7)",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"), (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 GMT"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] as [(Int64, String)])
    func dates(seconds: Int64, text: String) {
        #expect(String(decoding: HTTPDate.render(seconds), as: UTF8.self) == text)
    }

    @Test("a date is rendered anew when the second changes, and a time outside the range is brought into it")
    func dateCache() {
        var date = HTTPDate()
        #expect(date.bytes(at: 0) == date.bytes(at: 0))
        #expect(date.bytes(at: 1) != date.bytes(at: 0))
        #expect(date.bytes(at: -5) == HTTPDate.render(0))
        #expect(date.bytes(at: .max) == HTTPDate.render(253_402_300_799))
    }

    @Test("members of a list, without white space and empty ones (RFC 9110 §5.6.1)")
    func listMembers() {
        var members: [String] = []
        " a , ,b\t,, c d,".octets.withUnsafeBytes { bytes in
            ListMembers.forEach(bytes) { members.append(String(decoding: $0, as: UTF8.self)) }
        }
        #expect(members == ["a", "b", "c d"])
    }

    @Test("a range that does not lie inside the bytes gives none")
    func ranges() {
        let bytes = "hello".octets
        bytes.withUnsafeBytes { bytes in
            #expect(ByteRange(1, 4).slice(of: bytes).elementsEqual("ell".octets))
            #expect(ByteRange(1, 6).slice(of: bytes).isEmpty)
            #expect(ByteRange(4, 1).slice(of: bytes).isEmpty)
            #expect(ByteRange(9, 9).slice(of: bytes).isEmpty)
            #expect(ByteRange(5, 5).slice(of: bytes).isEmpty)
        }
    }
}

@Suite("Writing heads")
struct HeadWriterTests {
    private static func written(_ write: (inout HeadCursor) -> Void) -> String {
        var buffer = ByteBuffer()
        buffer.writeHead(room: 1024, write)
        return String(buffer: buffer)
    }

    @Test("a field builder keeps lines and their offsets")
    func builder() {
        var fields = FieldBuilder()
        fields.add("Via", "1.1 lintel")
        fields.add(name: "X-One".octets, value: "1".octets)
        #expect(fields.text == "Via: 1.1 lintel\r\nX-One: 1\r\n".octets)
        fields.text.withUnsafeBytes { bytes in
            #expect(fields.lines.map { String(decoding: $0.name.slice(of: bytes), as: UTF8.self) } == ["Via", "X-One"])
            #expect(
                fields.lines.map { String(decoding: $0.value.slice(of: bytes), as: UTF8.self) } == ["1.1 lintel", "1"])
        }
        fields.removeAll()
        #expect(fields.text.isEmpty)
        #expect(fields.lines.isEmpty)
    }

    @Test("no value makes a field builder write a line end or another control octet", arguments: 0...255)
    func injection(octet: Int) {
        let value: [UInt8] = [0x61, UInt8(octet), 0x62]
        var fields = FieldBuilder()
        fields.add("X-One", value)
        fields.add("X-Two", "2")
        let text = fields.text
        #expect(text.count { $0 == 0x0A } == 2)
        #expect(text.count { $0 == 0x0D } == 2)
        #expect(text.dropLast(0).allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x0D })
        #expect(fields.lines.count == 2)
        if octet >= 0x20, octet != 0x7F { #expect(text.contains(UInt8(octet))) }
    }

    @Test("a smuggled line stays inside its value")
    func smuggledLine() {
        var fields = FieldBuilder()
        fields.add("X-Id", "a\r\nSet-Cookie: b".octets)
        #expect(fields.text == "X-Id: a  Set-Cookie: b\r\n".octets)
    }

    @Test("what does not fit into the room is not written")
    func room() {
        withUnsafeTemporaryAllocation(byteCount: 4, alignment: 1) { memory in
            var cursor = HeadCursor(memory)
            cursor.write("abc")
            cursor.write("de")
            #expect(cursor.isOverfull)
            #expect(cursor.count == 3)
            cursor.write(octet: 0x64)
            cursor.write(octet: 0x65)
            #expect(cursor.count == 4)
        }
    }

    @Test("start lines")
    func startLines() {
        for (status, reason, text) in [
            (200, "OK", "HTTP/1.1 200 OK\r\n"), (200, "Fine", "HTTP/1.1 200 Fine\r\n"), (404, "", "HTTP/1.1 404 \r\n"),
            (599, "X", "HTTP/1.1 599 X\r\n"),
        ] {
            let written = Self.written { cursor in
                reason.octets.withUnsafeBytes { HeadWriter.writeStatusLine(status: status, reason: $0, into: &cursor) }
            }
            #expect(written == text)
        }
    }

    @Test("received lines are copied in order, those that pass, in canonical form (RFC 9110 §5.3)")
    func lines() {
        let text = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB:2\r\nC: 3 \r\nTE: x\r\nD:\r\nE: \r\nA: 4\r\n\r\n"
        let head = ParsedHead(.request, text)
        let written = Self.written { cursor in
            head.bytes.withUnsafeBytes { bytes in
                HeadWriter.writeLines(of: head.table, bytes: bytes, into: &cursor) {
                    $0.token != .te && $0.token != .host
                }
            }
        }
        #expect(written == "A: 1\r\nB: 2\r\nC: 3\r\nD: \r\nE: \r\nA: 4\r\n")
    }

    @Test("whatever passes, in whatever form it came, comes out once, in order, and nothing else", arguments: 0..<64)
    func lineRuns(mask: Int) {
        let forms = ["A: 1", "B:2", "C: 3\t", "D: 4", "E: 5", "F:  6"]
        let text = "GET / HTTP/1.0\r\n" + forms.map { $0 + "\r\n" }.joined() + "\r\n"
        let head = ParsedHead(.request, text)
        var seen = -1
        let written = Self.written { cursor in
            head.bytes.withUnsafeBytes { bytes in
                HeadWriter.writeLines(of: head.table, bytes: bytes, into: &cursor) { _ in
                    seen += 1
                    return mask >> seen & 1 == 1
                }
            }
        }
        let expected = ["A: 1", "B: 2", "C: 3", "D: 4", "E: 5", "F: 6"].enumerated()
            .filter { mask >> $0.offset & 1 == 1 }.map { $0.element + "\r\n" }.joined()
        #expect(written == expected)
    }

    @Test("framing is one field, never two")
    func framing() {
        #expect(Self.written { HeadWriter.writeFraming(.none, into: &$0) } == "")
        #expect(Self.written { HeadWriter.writeFraming(.untilClose, into: &$0) } == "")
        #expect(Self.written { HeadWriter.writeFraming(.length(12), into: &$0) } == "Content-Length: 12\r\n")
        #expect(Self.written { HeadWriter.writeFraming(.chunked, into: &$0) } == "Transfer-Encoding: chunked\r\n")
    }

    @Test("numbers", arguments: [0, 1, 9, 10, 15, 16, 255, 256, 65_535, 65_536, Int.max])
    func numbers(number: Int) {
        #expect(Self.written { $0.write(decimal: Int64(number)) } == "\(number)")
        #expect(Self.written { $0.write(hexadecimal: number) } == String(number, radix: 16))
    }

    @Test(
        "standard phrases are there for what the gateway replies",
        arguments: [200, 400, 404, 405, 408, 413, 414, 415, 417, 431, 501, 502, 503, 504, 505])
    func phrases(status: Int) {
        #expect("\(ReasonPhrase.standard(status))" != "Status")
    }
}
