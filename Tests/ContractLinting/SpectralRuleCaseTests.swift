import ContractLinting
import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing
import YAMLDocuments

/// The public cases of Spectral's built-in rules: a document, a rule, what it must find.
///
/// Rule, path and severity must agree; the message where the table gives one. Where the rules of examples find more than
/// the first mistake of a value, what the table lists must be among it.
@Suite("Spectral's cases", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct SpectralRuleCaseTests {
    /// A row of the table.
    struct Case: CustomTestStringConvertible, Sendable {
        /// Its place in the table.
        let number: Int
        /// The rule.
        let rule: String
        /// What it is about.
        let name: String
        /// The document, as JSON.
        let document: String
        /// What must be found.
        let errors: [JSONValue]

        var testDescription: String { "\(number) \(rule): \(name)" }
    }

    /// Cases that are judged otherwise here, each with its reason. One that starts to agree fails the suite.
    static let disagreements: [Int: String] = [:]

    /// All rows.
    static let cases: [Case] = {
        guard Corpora.isPresent else { return [] }
        let path = Corpora.file("lint/spectral_rule_cases.json")
        guard let bytes = FileContent.bytes(path),
            case .success(let table) = DocumentParser.parse(SourceFile(path: path, bytes: bytes))
        else { return [] }
        return table.root.elements.enumerated().map { number, row in
            let document = row["document"].map { value in
                let node = value.node
                return String(decoding: bytes[Int(node.lower)..<Int(node.upper)], as: UTF8.self)
            }
            return Case(
                number: number, rule: row["rule"]?.string ?? "", name: row["name"]?.string ?? "",
                document: document ?? "", errors: row["errors"].map { Array($0.elements) } ?? [])
        }
    }()

    @Test("the table has all its rows")
    func count() {
        let agreeing = Self.cases.filter { Self.mismatch($0) == nil }.count
        print("Spectral's cases: \(agreeing)/\(Self.cases.count)")
        #expect(Self.cases.count == 172)
    }

    @Test("the rule finds what the table says, and nothing else", arguments: cases)
    func agrees(row: Case) {
        let mismatch = Self.mismatch(row)
        if Self.disagreements[row.number] == nil {
            #expect(mismatch == nil)
        } else {
            #expect(mismatch != nil, "a known disagreement has gone: take it off the list")
        }
    }

    /// How what is found differs from the table; nil where it does not.
    static func mismatch(_ row: Case) -> String? {
        guard RuleRegistry.rule(named: row.rule) != nil else { return "no such rule" }
        var found = Linting.findings(in: row.document, rules: [row.rule], path: "case.json")
        let listed = found.map { "\($0.severity) \(Linting.summary($0))" }.joined(separator: "\n")
        for error in row.errors {
            guard let place = found.firstIndex(where: { matches($0, error) }) else {
                return "expected \(describe(error)), found\n\(listed)"
            }
            found.remove(at: place)
        }
        let reportsAll = row.rule.contains("example") && !row.errors.isEmpty
        return found.isEmpty || reportsAll ? nil : "found too much:\n\(listed)"
    }

    /// Whether a finding is what an entry of the table says.
    private static func matches(_ finding: Finding, _ error: JSONValue) -> Bool {
        if let message = error["message"]?.string, message != finding.message { return false }
        if let path = error["path"], path.elements.map({ $0.string ?? $0.numberLiteral ?? "" }) != finding.path {
            return false
        }
        // Spectral counts from error to hint.
        if let severity = error["severity"]?.int, severity != 3 - finding.severity.rawValue { return false }
        return true
    }

    /// An entry of the table in words.
    private static func describe(_ error: JSONValue) -> String {
        let path = error["path"].map { $0.elements.map { $0.string ?? "" }.joined(separator: ".") } ?? ""
        return "\(path) \(error["message"]?.string ?? "")"
    }
}
