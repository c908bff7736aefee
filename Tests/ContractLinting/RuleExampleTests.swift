import ContractLinting
import OpenAPIDocuments
import Testing

/// Every rule explains itself with two documents; they are its first test.
@Suite("The examples of the rules")
struct RuleExampleTests {
    /// Names of all rules.
    static let rules = RuleRegistry.all.map { $0.profile.id }

    @Test("no two rules have the same name")
    func names() {
        #expect(Set(Self.rules).count == Self.rules.count)
    }

    @Test("the good example has no finding", arguments: rules)
    func good(id: String) throws {
        let rule = try #require(RuleRegistry.rule(named: id))
        let findings = Linting.findings(in: rule.profile.good, rules: [id])
        #expect(findings.map(Linting.summary) == [])
    }

    @Test("the bad example has findings, each with a place in the text", arguments: rules)
    func bad(id: String) throws {
        let rule = try #require(RuleRegistry.rule(named: id))
        let findings = Linting.findings(in: rule.profile.bad, rules: [id])
        #expect(!findings.isEmpty)
        for finding in findings {
            #expect(finding.rule == id)
            #expect(finding.severity == rule.profile.severity)
            let range = try #require(finding.range)
            #expect(range.upperBound > range.lowerBound)
        }
    }

    @Test("the good example is well-formed and of a version that the rule is for", arguments: rules)
    func version(id: String) throws {
        let rule = try #require(RuleRegistry.rule(named: id))
        let document = LintLoader().load(.init(path: "good.yaml", bytes: Array(rule.profile.good.utf8)))
        #expect(document.problems.map(\.message) == [])
        let version = try #require(document.version)
        #expect(rule.profile.versions.contains(version))
    }

    @Test("what people read is complete", arguments: rules)
    func prose(id: String) throws {
        let profile = try #require(RuleRegistry.rule(named: id)).profile
        #expect(profile.summary.hasSuffix("."))
        #expect(profile.why.hasSuffix("."))
    }

    @Test("the kinds of nodes begin with the objects of the specification", arguments: ObjectKind.allCases)
    func kinds(kind: ObjectKind) {
        #expect("\(NodeKind(kind))" == "\(kind)")
        #expect(NodeKind(kind).object == kind)
    }
}
