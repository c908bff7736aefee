import HTTPExchanges
import TestSupport
import Testing

@Suite("Response heads and trailer sections")
struct ResponseHeadTests {
    @Test("a head becomes a table of offsets")
    func table() {
        let text = "HTTP/1.1 404 Not  Here\u{E9}\r\nContent-Length: 3\r\nDate: x\r\n\r\n"
        let head = ParsedHead(.response(answersHEAD: false), text + "abc")
        #expect(head.outcome == .complete(text.unicodeScalars.count))
        #expect(head.table.status == 404)
        #expect(
            head.bytes[Int(head.table.reason.lower)..<Int(head.table.reason.upper)].elementsEqual(
                "Not  Here\u{E9}".octets))
        #expect(head.table.framing == .length(3))
        #expect(head.table.hasDate)
        #expect(head.rangesLieInside)
    }

    @Test("a status line may have an empty phrase, with or without its space (RFC 9112 §4)")
    func phrases() {
        for line in ["HTTP/1.1 200 \r\n", "HTTP/1.1 200\r\n"] {
            let head = ParsedHead(.response(answersHEAD: false), line + "Content-Length: 0\r\n\r\n")
            #expect(head.table.status == 200)
            #expect(head.table.reason.isEmpty)
        }
    }

    @Test(
        "what is no HTTP/1 response is refused",
        arguments: [
            ("ICY 200 OK\r\n\r\n", HeadDefect.statusLine), ("HTTP/1.1  200 OK\r\n\r\n", .statusLine),
            ("HTTP/1.1 20 OK\r\n\r\n  ", .statusLine), ("HTTP/1.1 2000 OK\r\n\r\n", .statusLine),
            ("HTTP/1.1 099 OK\r\n\r\n", .statusLine), ("HTTP/1.1 600 OK\r\n\r\n", .statusLine),
            ("HTTP/1.1 -20 OK\r\n\r\n", .statusLine), ("HTTP/2.0 200 OK\r\n\r\n", .statusLine),
            ("HTTP/1.1 200 OK\nA: b\r\n\r\n", .bareLineFeed), ("HTTP/1.1 200 O\0K\r\n\r\n", .statusLine),
            ("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", .fieldName), ("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", .lineFolding),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", .contentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", .conflictingFraming),
            ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncoding),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .transferEncoding),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unsupportedTransferEncoding),
        ])
    func refusals(text: String, defect: HeadDefect) {
        #expect(ParsedHead(.response(answersHEAD: false), text).outcome == .refused(defect))
    }

    @Test(
        "framing follows RFC 9112 §6.3",
        arguments: [
            ("200", "", false, BodyFraming.untilClose), ("200", "Content-Length: 0\r\n", false, .none),
            ("200", "Content-Length: 7\r\n", false, .length(7)),
            ("200", "Transfer-Encoding: chunked\r\n", false, .chunked),
            ("200", "Content-Length: 7\r\n", true, .none), ("200", "Transfer-Encoding: chunked\r\n", true, .none),
            ("204", "Content-Length: 7\r\n", false, .none), ("304", "Content-Length: 7\r\n", false, .none),
            ("103", "Content-Length: 7\r\n", false, .none),
            ("200", "Content-Length: 7\r\nContent-Length: 7\r\n", false, .length(7)),
        ] as [(String, String, Bool, BodyFraming)])
    func framing(status: String, lines: String, answersHEAD: Bool, framing: BodyFraming) {
        let head = ParsedHead(.response(answersHEAD: answersHEAD), "HTTP/1.1 \(status) X\r\n\(lines)\r\n")
        #expect(head.table.framing == framing)
    }

    @Test("equal repeats of a response's Content-Length become one line (RFC 9112 §6.3)")
    func repeats() {
        let head = ParsedHead(
            .response(answersHEAD: false), "HTTP/1.1 200 X\r\nContent-Length: 7\r\nContent-Length: 7\r\n\r\n")
        let lines = (0..<head.table.count).filter { head.table[$0].token == .contentLength }
        #expect(lines.count == 1)
    }

    @Test("a head that does not end is refused at its limit")
    func limits() {
        let limits = HeadLimits(bytes: 200, fields: 10)
        let text = "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 300)
        #expect(ParsedHead(.response(answersHEAD: false), text, limits: limits).outcome == .refused(.headTooLarge))
        let phrase = "HTTP/1.1 200 " + String(repeating: "a", count: 300)
        #expect(ParsedHead(.response(answersHEAD: false), phrase, limits: limits).outcome == .refused(.headTooLarge))
    }

    @Test(
        "a trailer section is field lines up to an empty one (RFC 9112 §7.1.2)",
        arguments: [
            ("\r\n", ParsedHead.Outcome.complete(2)), ("A: b\r\n\r\nrest", .complete(8)), ("A: b\r\n", .incomplete),
            ("A b\r\n\r\n", .refused(.fieldName)), ("A: \0\r\n\r\n", .refused(.fieldValue)),
            (" A: b\r\n\r\n", .refused(.lineFolding)),
        ])
    func trailers(text: String, outcome: ParsedHead.Outcome) {
        #expect(ParsedHead(.trailers, text).outcome == outcome)
    }
}
