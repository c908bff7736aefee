import HTTPExchanges
import NIOCore
import NIOHPACK
import Testing

@testable import UpstreamCalls

@Suite("Translation between HTTP/1.1's text and HTTP/2's field lists")
struct FieldTranslationTests {
    private func fields(of text: String, isSecure: Bool = true) -> HPACKHeaders? {
        let table = HeadTable(capacity: 64)
        return Array(text.utf8).withUnsafeBytes { bytes in
            guard case .complete = HeadParser.parseRequest(bytes, into: table, limits: HeadLimits()) else { return nil }
            return RequestFields.head(table, of: bytes, isSecure: isSecure)
        }
    }

    @Test("a request's head becomes pseudo-header fields and lower-case names, without what concerns a connection")
    func request() throws {
        let text =
            "POST /p?q=%20 HTTP/1.1\r\nHost: shop:81\r\nX-One: 1\r\nConnection: X-Mine, close\r\nX-Mine: 2\r\n"
            + "TE: gzip\r\nTransfer-Encoding: chunked\r\nKeep-Alive: 1\r\nX-ONE: zwei ü\r\n\r\n"
        let found = try #require(fields(of: text))
        #expect(
            found.map { "\($0.name)=\($0.value)" } == [
                ":method=POST", ":scheme=https", ":path=/p?q=%20", ":authority=shop:81", "x-one=1", "x-one=zwei ü",
                "te=trailers",
            ])
        #expect(fields(of: text, isSecure: false)?.first(name: ":scheme") == "http")
    }

    @Test("what HPACK's strings cannot hold is not sent as something else")
    func octets() {
        let table = HeadTable(capacity: 8)
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xFF, 0x0D, 0x0A, 0x0D, 0x0A]
        let found = bytes.withUnsafeBytes { bytes -> HPACKHeaders? in
            guard case .complete = HeadParser.parseRequest(bytes, into: table, limits: HeadLimits()) else {
                return HPACKHeaders()
            }
            return RequestFields.head(table, of: bytes, isSecure: false)
        }
        #expect(found == nil)
    }

    @Test("a response's field list becomes a head that says where the content ends")
    func response() throws {
        func text(_ fields: [(String, String)], isLast: Bool = false, answersHEAD: Bool = false) -> String? {
            ResponseText.head(
                HPACKHeaders(fields), isLast: isLast, answersHEAD: answersHEAD, limits: HeadLimits()
            ).map { String(buffer: $0.text) }
        }
        #expect(
            text([(":status", "200"), ("x", "1")]) == "HTTP/1.1 200 \r\nx: 1\r\ntransfer-encoding: chunked\r\n\r\n")
        #expect(
            text([(":status", "200"), ("content-length", "5")]) == "HTTP/1.1 200 \r\ncontent-length: 5\r\n\r\n")
        #expect(text([(":status", "404")], isLast: true) == "HTTP/1.1 404 \r\ncontent-length: 0\r\n\r\n")
        #expect(text([(":status", "204")], isLast: true) == "HTTP/1.1 204 \r\n\r\n")
        #expect(text([(":status", "200")], isLast: true, answersHEAD: true) == "HTTP/1.1 200 \r\n\r\n")
        #expect(text([(":status", "103"), ("link", "a")]) == "HTTP/1.1 103 \r\nlink: a\r\n\r\n")
    }

    @Test(
        "a field list that could end a line, a head or a connection early is no response",
        arguments: [
            [("x", "1")], [(":status", "20")], [(":status", "2000")], [(":status", "099")], [(":status", "+20")],
            [(":status", "101")], [(":status", "200"), ("x", "a\r\nb: c")], [(":status", "200"), ("x\r\n", "a")],
            [(":status", "200"), ("X", "a")], [(":status", "200"), ("", "a")], [(":status", "200"), ("x:", "a")],
            [(":status", "200"), ("connection", "close")], [(":status", "200"), ("transfer-encoding", "chunked")],
            [(":status", "200"), (":status", "200")], [(":status", "200"), ("upgrade", "h2c")],
            [(":status", "200"), ("x", "\u{FFFD}")], [(":status", "200"), ("x", "\u{0}")],
            [(":status", "200"), ("x", String(repeating: "y", count: 40_000))],
        ] as [[(String, String)]])
    func malformed(_ fields: [(String, String)]) {
        #expect(
            ResponseText.head(HPACKHeaders(fields), isLast: false, answersHEAD: false, limits: HeadLimits()) == nil)
    }
}
