import HTTPExchanges
import TestSupport
import Testing

@Suite("Request heads")
struct RequestHeadTests {
    /// A rule, bytes that break it, and the defect that names it.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let rule: String
        let bytes: String
        let defect: HeadDefect

        init(_ rule: String, _ bytes: String, _ defect: HeadDefect) {
            (self.rule, self.bytes, self.defect) = (rule, bytes, defect)
        }

        var testDescription: String { rule }
    }

    private static func get(_ lines: String = "") -> String { "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n" }
    private static func post(_ lines: String) -> String { "POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n" }

    @Test("a head becomes a table of offsets")
    func table() {
        let text =
            "GET /products/1?a=b HTTP/1.1\r\nHost: shop.test:8080\r\nAccept:*/*\r\nX-Empty:\r\nX-B: \t a b \t\r\n\r\n"
        let head = ParsedHead(.request, text + "content")
        #expect(head.outcome == .complete(text.utf8.count))
        #expect(head.text(head.table.method) == "GET")
        #expect(head.text(head.table.target) == "/products/1?a=b")
        #expect(head.table.minorVersion == 1)
        #expect(head.lines == ["Host: shop.test:8080", "Accept: */*", "X-Empty: ", "X-B: a b"])
        #expect(head.table.hostLine == 0)
        #expect(head.table[1].token == .accept)
        #expect(head.table.framing == .none)
        #expect(head.rangesLieInside)
    }

    @Test(
        "what breaks a rule is refused, and the defect names the rule",
        arguments: [
            Refusal("RFC 9112 §3: a method is there", " / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
            Refusal("RFC 9110 §9.1: a method is a token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", .method),
            Refusal(
                "RFC 9112 §3: exactly one space behind the method", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
            Refusal("RFC 9112 §3: no tab as separator", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
            Refusal(
                "RFC 9112 §3: exactly one space behind the target", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
            Refusal("RFC 9112 §3: HTTP/0.9 has no version and is not spoken", "GET /\r\n\r\n", .requestLine),
            Refusal("RFC 9112 §3.2: no control octet in a target", "GET /\u{1} HTTP/1.1\r\nHost: a\r\n\r\n", .target),
            Refusal(
                "RFC 9112 §3.2: no octet above US-ASCII in a target", "GET /\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n", .target
            ),
            Refusal("RFC 9112 §2.3: HTTP-name is upper case", "GET / http/1.1\r\nHost: a\r\n\r\n", .requestLine),
            Refusal("RFC 9112 §2.3: one digit a part", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", .version),
            Refusal("RFC 9112 §2.3: no leading zero", "GET / HTTP/01.1\r\nHost: a\r\n\r\n", .version),
            Refusal("RFC 9110 §2.5: another major version", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", .unsupportedVersion),
            Refusal("RFC 9112 §2.2: a bare LF ends no line", "GET / HTTP/1.1\nHost: a\r\n\r\n", .bareLineFeed),
            Refusal("RFC 9112 §2.2: a bare LF ends no field line", "GET / HTTP/1.1\r\nHost: a\n\r\n", .bareLineFeed),
            Refusal("RFC 9112 §2.2: a bare CR is no line end", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", .fieldValue),
            Refusal("RFC 9112 §2.2: the head ends in CR LF", "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n", .bareLineFeed),
            Refusal(
                "RFC 9112 §2.2: few empty lines are overlooked", "\r\n\r\n\r\n\r\n\r\n" + get(), .leadingEmptyLines),
            Refusal("RFC 9112 §2.2: no LF before a request", "\n" + get(), .bareLineFeed),
            Refusal(
                "RFC 9112 §2.2: no white space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
                .lineFolding),
            Refusal("RFC 9112 §5.1: no white space before the colon", get("X : b\r\n"), .fieldName),
            Refusal("RFC 9112 §5.2: no folded line", get("X: a\r\n b\r\n"), .lineFolding),
            Refusal("RFC 9112 §5.2: no line folded with a tab", get("X: a\r\n\tb\r\n"), .lineFolding),
            Refusal("RFC 9110 §5.1: a name is not empty", get(": b\r\n"), .fieldName),
            Refusal("RFC 9110 §5.1: a name is a token", get("X(A): b\r\n"), .fieldName),
            Refusal("RFC 9110 §5.1: a name is US-ASCII", get("X\u{E9}: b\r\n"), .fieldName),
            Refusal("RFC 9112 §5: a line has a colon", get("Nothing\r\n"), .fieldName),
            Refusal("RFC 9110 §5.5: no NUL in a value", get("X: a\0b\r\n"), .fieldValue),
            Refusal("RFC 9110 §5.5: no control octet in a value", get("X: a\u{B}b\r\n"), .fieldValue),
            Refusal("RFC 9110 §5.5: no DEL in a value", get("X: a\u{7F}b\r\n"), .fieldValue),
            Refusal("RFC 9112 §3.2: Host is there", "GET / HTTP/1.1\r\n\r\n", .missingHost),
            Refusal("RFC 9112 §3.2: Host is there once", get("Host: a\r\n"), .repeatedHost),
            Refusal("RFC 9112 §3.2: Host is valid", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .invalidHost),
            Refusal("RFC 9110 §8.6: a length is a number", post("Content-Length: 5a\r\n"), .contentLength),
            Refusal("RFC 9110 §8.6: a length has no sign", post("Content-Length: +5\r\n"), .contentLength),
            Refusal("RFC 9110 §8.6: a length is not negative", post("Content-Length: -5\r\n"), .contentLength),
            Refusal("RFC 9110 §8.6: a length is not empty", post("Content-Length:\r\n"), .contentLength),
            Refusal("RFC 9110 §8.6: a length fits", post("Content-Length: 9223372036854775808\r\n"), .contentLength),
            Refusal("RFC 9112 §6.3: a length is no list", post("Content-Length: 5, 5\r\n"), .contentLength),
            Refusal(
                "RFC 9112 §6.3: a request's length is there once",
                post("Content-Length: 5\r\nContent-Length: 5\r\n"), .contentLength),
            Refusal(
                "RFC 9112 §6.1: a length and a coding together",
                post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), .conflictingFraming),
            Refusal("RFC 9112 §6.3: chunked is last", post("Transfer-Encoding: chunked, gzip\r\n"), .transferEncoding),
            Refusal("RFC 9112 §6.1: identity is no coding", post("Transfer-Encoding: identity\r\n"), .transferEncoding),
            Refusal(
                "RFC 9112 §6.1: a coding that is not implemented",
                post("Transfer-Encoding: gzip, chunked\r\n"), .unsupportedTransferEncoding),
            Refusal(
                "RFC 9112 §6.1: chunked is applied once",
                post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), .transferEncoding),
            Refusal(
                "RFC 9112 §6.1: no transfer coding in HTTP/1.0",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncoding),
            Refusal("RFC 9110 §10.1.1: an unknown expectation", post("Expect: tea\r\n"), .expectation),
        ])
    func refusals(refusal: Refusal) {
        #expect(ParsedHead(.request, refusal.bytes).outcome == .refused(refusal.defect))
    }

    @Test(
        "a status belongs to each defect",
        arguments: [
            (HeadDefect.requestLine, 400), (.bareLineFeed, 400), (.missingHost, 400), (.conflictingFraming, 400),
            (.targetTooLong, 414), (.headTooLarge, 431), (.tooManyFields, 431), (.unsupportedVersion, 505),
            (.unsupportedTransferEncoding, 501), (.expectation, 417),
        ])
    func statuses(defect: HeadDefect, status: Int) {
        #expect(defect.status == status)
        #expect(defect.detail.utf8CodeUnitCount > 10)
    }

    @Test(
        "framing follows RFC 9112 §6.3",
        arguments: [
            ("", BodyFraming.none), ("Content-Length: 0\r\n", .none), ("Content-Length: 5\r\n", .length(5)),
            ("Content-Length: 0005\r\n", .length(5)), ("content-LENGTH:5\r\n", .length(5)),
            ("Content-Length: 9223372036854775807\r\n", .length(.max)), ("Transfer-Encoding: chunked\r\n", .chunked),
            ("Transfer-Encoding: CHUNKED\r\n", .chunked),
        ])
    func framing(lines: String, framing: BodyFraming) {
        let head = ParsedHead(.request, Self.post(lines))
        #expect(head.outcome == .complete(Self.post(lines).utf8.count))
        #expect(head.table.framing == framing)
    }

    @Test("a number with more digits than any length has is refused, leading zeros or not")
    func digits() {
        let zeros = String(repeating: "0", count: 40) + "5"
        #expect(ParsedHead(.request, Self.post("Content-Length: \(zeros)\r\n")).outcome == .refused(.contentLength))
    }

    @Test("a higher minor version counts as HTTP/1.1 (RFC 9112 §2.3)")
    func minorVersions() {
        #expect(ParsedHead(.request, "GET / HTTP/1.9\r\nHost: a\r\n\r\n").table.minorVersion == 1)
        let old = ParsedHead(.request, "GET / HTTP/1.0\r\n\r\n")
        #expect(old.outcome == .complete(18))
        #expect(old.table.minorVersion == 0)
        #expect(old.table.hostLine == -1)
    }

    @Test("up to four empty lines before a request are overlooked (RFC 9112 §2.2)", arguments: 0...4)
    func emptyLines(count: Int) {
        let text = String(repeating: "\r\n", count: count) + Self.get()
        let head = ParsedHead(.request, text)
        #expect(head.outcome == .complete(text.utf8.count))
        #expect(head.text(head.table.method) == "GET")
    }

    @Test("Connection options are read, and the fields they name are marked (RFC 9110 §7.6.1)")
    func connectionOptions() {
        let head = ParsedHead(
            .request, Self.get("X-One: 1\r\nConnection: x-one , Close\r\nX-Two: 2\r\nConnection: Keep-Alive, X-TWO\r\n")
        )
        #expect(head.table.connection.contains(.close))
        #expect(head.table.connection.contains(.keepAlive))
        #expect((0..<head.table.count).map { head.table[$0].isNamedByConnection } == [false, true, false, true, false])
    }

    @Test(
        "no Connection option takes away a field that frames, routes or authenticates",
        arguments: ["Host", "Content-Length", "Content-Type", "Authorization", "Date"])
    func protectedFields(name: String) {
        let value = name == "Content-Length" ? "5" : "a"
        let line = name == "Host" ? "" : "\(name): \(value)\r\n"
        let head = ParsedHead(.request, Self.post(line + "Connection: \(name)\r\n"))
        guard case .complete = head.outcome else {
            Issue.record("not complete")
            return
        }
        #expect((0..<head.table.count).allSatisfy { !head.table[$0].isNamedByConnection })
    }

    @Test("Expect: 100-continue is seen, in any case, and not in HTTP/1.0 (RFC 9110 §10.1.1)")
    func expectation() {
        #expect(ParsedHead(.request, Self.post("Content-Length: 1\r\nExpect: 100-Continue\r\n")).table.expectsContinue)
        let old = ParsedHead(.request, "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
        #expect(!old.table.expectsContinue)
    }

    @Test("names that only an underscore keeps from being known are impostors")
    func impostors() {
        let head = ParsedHead(.request, Self.get("Content_Length: 5\r\nX_Forwarded-For: 1\r\nMy_Field: 1\r\n"))
        #expect((0..<4).map { head.table[$0].token } == [.host, .impostor, .impostor, .other])
        #expect(head.table.framing == .none)
    }

    @Test("a repeated Content-Type is told from one")
    func contentTypes() {
        #expect(ParsedHead(.request, Self.get()).table.contentTypeLine == -1)
        #expect(ParsedHead(.request, Self.get("Content-Type: a/b\r\n")).table.contentTypeLine == 1)
        #expect(
            ParsedHead(.request, Self.get("Content-Type: a/b\r\nContent-Type: a/b\r\n")).table.contentTypeLine == -2)
    }

    @Test("limits: the head's size, its lines, the target")
    func limits() {
        let small = HeadLimits(bytes: 100, fields: 3)
        let filler = String(repeating: "a", count: 200)
        #expect(ParsedHead(.request, Self.get("X: \(filler)\r\n"), limits: small).outcome == .refused(.headTooLarge))
        #expect(ParsedHead(.request, Self.get("X: \(filler)"), limits: small).outcome == .refused(.headTooLarge))
        #expect(
            ParsedHead(.request, "GET / HTTP/1.1\r\nHost: a\r\n" + filler, limits: small).outcome
                == .refused(.headTooLarge))
        let lines = Self.get("A: 1\r\nB: 2\r\nC: 3\r\n")
        #expect(ParsedHead(.request, lines, limits: small).outcome == .refused(.tooManyFields))
        #expect(ParsedHead(.request, lines, limits: HeadLimits(), capacity: 2).outcome == .refused(.tooManyFields))
        let target = "GET /\(String(repeating: "a", count: 8192)) HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(ParsedHead(.request, target, limits: HeadLimits(bytes: 16_384)).outcome == .refused(.targetTooLong))
        #expect(ParsedHead(.request, target).outcome == .complete(target.utf8.count))
    }

    @Test("an endless method, target or name is refused before it ends")
    func endlessParts() {
        let filler = String(repeating: "A", count: 40_000)
        #expect(ParsedHead(.request, filler).outcome == .refused(.method))
        #expect(ParsedHead(.request, "GET /" + filler).outcome == .refused(.targetTooLong))
        #expect(ParsedHead(.request, "GET / HTTP/1.1\r\n" + filler).outcome == .refused(.headTooLarge))
    }

    @Test("a table is filled anew for each head")
    func reuse() {
        let table = HeadTable(capacity: 8)
        let first = Array(Self.post("Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n").utf8)
        let second = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        first.withUnsafeBytes { _ = HeadParser.parseRequest($0, into: table, limits: HeadLimits()) }
        second.withUnsafeBytes { _ = HeadParser.parseRequest($0, into: table, limits: HeadLimits()) }
        #expect(table.count == 0)
        #expect(table.framing == .none)
        #expect(table.connection == [])
        #expect(!table.expectsContinue)
        #expect(table.hostLine == -1)
        #expect(table.minorVersion == 0)
    }
}
