import HTTPExchanges
import JSONDocuments
import NIOCore
import SourceDiagnostics
import TestSupport
import Testing

@Suite("Raw requests of the corpora", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct RawRequestCorpusTests {
    /// A case: raw bytes that must be refused.
    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        let raw: String

        var testDescription: String { id }
    }

    /// Cases whose head is well-formed: what is refused stands in the target, which `GatewayPipeline` reads.
    private static let targets: Set<String> = [
        "rl-pct-truncated", "rl-abs-other-host", "rl-abs-empty-host", "rl-abs-ftp", "rl-trace",
    ]

    /// The cases with plain bytes that a gateway answers with 400.
    static let cases: [Case] = {
        let path = Corpora.file("http/http1_requests.json")
        guard let bytes = FileContent.bytes(path),
            let document = try? JSONDocument(parsing: SourceFile(path: path, bytes: bytes)),
            let cases = document.root["cases"]
        else { return [] }
        return cases.elements.compactMap { item in
            guard item["expect"]?.string == "reject-400", let id = item["id"]?.string, let raw = item["raw"]?.string
            else { return nil }
            return Case(id: id, raw: raw)
        }
    }()

    @Test("there are cases")
    func presence() { #expect(Self.cases.count > 60) }

    @Test("the parser or the chunked decoder refuses it, and nothing complete comes out first", arguments: cases)
    func refusal(item: Case) {
        var bytes = item.raw.octets
        let head = ParsedHead(.request, bytes)
        guard case .complete(let consumed) = head.outcome else {
            #expect(head.outcome != .incomplete, "waits for more bytes")
            return
        }
        if Self.targets.contains(item.id) { return }
        bytes.removeFirst(consumed)
        var reader = ContentReader(head.table.framing)
        var buffer = ByteBuffer(bytes: bytes)
        while true {
            switch reader.next(&buffer) {
            case .content: continue
            case .invalid: return
            case .needsMore:
                Issue.record("waits for more content")
                return
            case .end:
                Issue.record("taken for a complete request")
                return
            }
        }
    }
}
