import TestSupport
import Testing

/// The public suite of JSON Schema, both executors held to it.
@Suite(.enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct SchemaSuiteTests {
    /// Tests that fail, each with its reason. The suite fails as well when one of them passes.
    static let knownFailures: [String: String] = [:]

    @Test("JSON-Schema-Test-Suite", arguments: SchemaSuite.all)
    func suite(_ suite: SchemaSuite) throws {
        let outcomes = try suite.run()
        #expect(!outcomes.isEmpty)
        let right = outcomes.filter(\.isRight).count
        print("JSON-Schema-Test-Suite \(suite.testDescription): \(right)/\(outcomes.count)")
        for outcome in outcomes {
            let name = "\(suite.draft): \(outcome.name)"
            if let reason = Self.knownFailures[name] {
                #expect(!outcome.isRight, "\(name) passes, but is listed as failing: \(reason)")
                continue
            }
            #expect(
                outcome.isRight,
                """
                \(name): expected \(outcome.isValid), found \(outcome.verdict) and \
                \(outcome.violations.map { "\($0.instancePointer) \($0.keyword): \($0.message)" }); \(outcome.errors)
                """)
        }
    }
}
