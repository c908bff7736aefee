import ContractComparison
import ContractLinting
import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

/// The pairs of documents with which the tool `oasdiff` tests its checks, each with the ids that it expects.
@Suite("Pairs of documents", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct OasdiffPairTests {
    /// A pair.
    struct Pair: Sendable, CustomTestStringConvertible {
        let number: Int
        let name: String
        let base: String
        let revision: String
        /// Which checks were run; nil: all, with settings that the name tells.
        let config: String?
        let expected: [String]
        let count: Int?

        var testDescription: String { "\(number) \(name)" }

        /// Whether deprecation must be announced with a date.
        var requiresSunset: Bool { name.hasSuffix("WithPolicy") }
    }

    /// The pairs of the corpus.
    static let pairs: [Pair] = {
        let document = LintLoader().load(Corpora.file("lint/oasdiff_pairs.json"))
        return document.root.elements.enumerated().map { number, entry in
            Pair(
                number: number, name: entry["name"]?.string ?? "", base: path(entry["base"]),
                revision: path(entry["revision"]), config: entry["config"]?.string,
                expected: entry["expect_ids"].map { $0.elements.compactMap(\.string) } ?? [],
                count: entry["expect_count"]?.int)
        }
    }()

    /// Where a document of the corpus lies.
    private static func path(_ value: JSONValue?) -> String {
        let name = value?.string ?? ""
        return Corpora.file("lint/oasdiff/" + name.dropFirst(name.hasPrefix("data/") ? 5 : 0))
    }

    /// What the comparison says about a pair.
    static func findings(_ pair: Pair) -> [Finding] {
        var policy = ComparisonPolicy(today: CalendarDate(dayNumber: 20_784))
        policy.requiresSunset = pair.requiresSunset
        let loader = LintLoader()
        return ContractComparison(policy).findings(from: loader.load(pair.base), to: loader.load(pair.revision))
    }

    /// Pairs about which we disagree, with the reason.
    static let disagreements: [String: String] = [
        "TestBreaking_RequestParameterMaxItemsWithoutFlatten":
            """
        Parameters of a path belong to each of its operations (OpenAPI 3.2 §4.9.1: "A list of parameters that are \
        applicable for all the operations described under this path"): a limit that shrinks there breaks their clients.
        """
    ]

    /// What else the documents of pairs differ in that are made for one check that finds nothing.
    static let besides: [String: [String]] = [
        "TestBreaking_NoChangeToSunsetDeprecatedEndpoint": ["response-success-status-removed"],
        "TestTypeCheckerSuppressedForNullOnly31": ["response-property-became-nullable"],
        "TestResponseTypeCheckerSuppressedForNullOnly31": ["response-property-became-nullable"],
    ]

    @Test("the checks that a pair is made for", arguments: pairs)
    func expected(pair: Pair) {
        let found = Self.findings(pair)
        var ids = found.map(\.rule)
        var missing: [String] = []
        for id in pair.expected {
            if let place = ids.firstIndex(of: id) { ids.remove(at: place) } else { missing.append(id) }
        }
        #expect(missing == [], "found \(found.map(\.rule))")
        guard Self.disagreements[pair.name] == nil else { return }
        if pair.count == 0 {
            #expect(found.filter { $0.severity >= .warning }.map(\.rule) == Self.besides[pair.name] ?? [])
        } else if let count = pair.count {
            #expect(found.count >= count)
        }
        if pair.config == "allChecksConfig()", let count = pair.count {
            // All checks at the level of warnings and above.
            #expect(found.count { $0.severity >= .warning } == count, "\(found.map { "\($0.rule): \($0.message)" })")
        }
    }
}
