import TestSupport
import Testing

/// Caching by the RFCs' own sentences, through the real gateway over sockets.
@Suite(
    "Caching conformance",
    .enabled(if: LintelExecutable.isPresent, "the executable is not built: swift build"))
struct CachingConformanceTests {
    @Test("every sentence of RFC 9110, 9111, 9211, 9213 and 5861 about stored replies holds")
    func table() async throws {
        let cases = CachingTable.all
        #expect(cases.count >= 250, "there are \(cases.count)")
        #expect(Set(cases.map(\.description)).count == cases.count, "two cases have one name")
        let scene = try CachingScene(cases)
        defer { scene.stop() }
        let outcomes = try await scene.outcomes()
        let wrong = zip(cases, outcomes).compactMap { story, outcome in outcome.map { "\(story): \($0)" } }
        print("caching conformance: \(cases.count - wrong.count)/\(cases.count)")
        for failure in wrong { Issue.record(Comment(rawValue: failure)) }
    }
}
