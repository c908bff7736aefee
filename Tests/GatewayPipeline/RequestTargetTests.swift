import HTTPExchanges
import JSONDocuments
import RequestRouting
import SourceDiagnostics
import TestSupport
import Testing

@testable import GatewayPipeline

/// A request-target split into text.
private struct Split: Equatable {
    var authority: String?
    var path = ""
    var query: String?
    var isAsterisk = false
    var refusal: RequestTarget.Refusal?

    init(
        authority: String? = nil, path: String = "", query: String? = nil, isAsterisk: Bool = false,
        refusal: RequestTarget.Refusal? = nil
    ) {
        (self.authority, self.path, self.query) = (authority, path, query)
        (self.isAsterisk, self.refusal) = (isAsterisk, refusal)
    }

    /// Splits `target`, which stands behind other bytes as it does in a request.
    init(_ target: String, isSecure: Bool = false) {
        let bytes = "GET ".octets + target.octets
        self = bytes.withUnsafeBytes { bytes in
            func text(_ range: ByteRange) -> String { String(decoding: range.slice(of: bytes), as: UTF8.self) }
            do throws(RequestTarget.Refusal) {
                let parts = try RequestTarget(ByteRange(4, bytes.count), of: bytes, isSecure: isSecure)
                return Split(
                    authority: parts.authority.map(text), path: text(parts.path), query: parts.query.map(text),
                    isAsterisk: parts.isAsterisk)
            } catch {
                return Split(refusal: error)
            }
        }
    }
}

@Suite("Request-targets")
struct RequestTargetTests {
    @Test("origin-form: path and query (RFC 9112 §3.2.1)")
    func originForm() {
        #expect(Split("/") == Split(path: "/"))
        #expect(Split("/a/b?c=d") == Split(path: "/a/b", query: "c=d"))
        #expect(Split("/a?") == Split(path: "/a", query: ""))
        #expect(Split("/a?b?c") == Split(path: "/a", query: "b?c"))
        #expect(Split("//evil.test/a") == Split(path: "//evil.test/a"), "never an authority")
    }

    @Test("absolute-form: its authority replaces Host (RFC 9112 §3.2.2)")
    func absoluteForm() {
        #expect(Split("http://a.test/b?c") == Split(authority: "a.test", path: "/b", query: "c"))
        #expect(Split("HTTP://a.test:80") == Split(authority: "a.test:80", path: ""))
        #expect(Split("http://a.test?c") == Split(authority: "a.test", path: "", query: "c"))
        #expect(Split("http://[::1]:8080/") == Split(authority: "[::1]:8080", path: "/"))
        #expect(Split("https://a.test/", isSecure: true) == Split(authority: "a.test", path: "/"))
    }

    @Test("asterisk-form is exactly one asterisk (RFC 9112 §3.2.4)")
    func asteriskForm() {
        #expect(Split("*") == Split(path: "*", isAsterisk: true))
        #expect(Split("**").refusal != nil)
        #expect(Split("*/a").refusal != nil)
    }

    @Test(
        "what is malformed, of another scheme, or meant for a tunnel is refused",
        arguments: [
            ("", RequestTarget.Refusal.malformed), ("/a#b", .malformed), ("/a?b#c", .malformed),
            ("http:///a", .malformed),
            ("http://u@a.test/", .malformed), ("http://a b/", .malformed), ("http://a.test:x/", .malformed),
            ("http://", .tunnel), ("https://a.test/", .scheme), ("ftp://a.test/", .scheme), ("a/b", .scheme),
            ("a.test:443", .tunnel), ("?a", .tunnel), ("http:/a", .scheme),
        ])
    func refusals(target: String, refusal: RequestTarget.Refusal) {
        let split = Split(target)
        // `http://` alone names no host: how it is called matters less than that it is refused.
        if target == "http://" { #expect(split.refusal != nil) } else { #expect(split == Split(refusal: refusal)) }
    }

    @Test("a plain listener does not answer for https, a TLS one not for http (RFC 9110 §7.4)")
    func schemes() {
        #expect(Split("http://a.test/", isSecure: true).refusal == .scheme)
        #expect(Split("https://a.test/", isSecure: false).refusal == .scheme)
    }

    @Test(
        "raw targets of the corpora that are no well-formed target are refused",
        .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
    func corpora() throws {
        let path = Corpora.file("http/http1_requests.json")
        let document = try JSONDocument(parsing: SourceFile(path: path, bytes: try #require(FileContent.bytes(path))))
        let cases = try #require(document.root["cases"]).elements
        for id in ["rl-pct-truncated", "rl-abs-empty-host", "rl-abs-ftp"] {
            let item = try #require(cases.first { $0["id"]?.string == id })
            let raw = try #require(item["raw"]?.string)
            let target = String(raw.split(separator: " ")[1])
            let split = Split(target)
            var buffer = PathBuffer()
            let isRefused = split.path.octets.withUnsafeBytes { bytes in
                if case .refused = RequestPath.canonicalise(bytes, into: &buffer) { return true }
                return false
            }
            #expect(split.refusal != nil || isRefused, "\(id)")
        }
    }
}
