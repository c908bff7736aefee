import FindingReports
import SourceDiagnostics
import Testing

@Suite("The formats that CI systems read from a log")
struct WorkflowReportTests {
    @Test("github-actions: the most serious first, one-based, with the count at the end")
    func gitHub() {
        #expect(
            ReportFixture.report().text(as: .githubActions) == """
                ::error title=invalid-ref,file=specs/shop.yaml,line=8,endLine=8,col=22,endColumn=52::there is no response \
                "Ordrs"%0Adid you mean "Orders"?
                ::error title=typed-enum,file=specs/common.yaml,line=2,endLine=2,col=9,endColumn=15::"type" must be one of \
                the allowed types
                ::warning title=info-contact,file=specs/shop.yaml,line=2,endLine=2,col=1,endColumn=5::Info object must \
                have a "contact" object.
                ::notice title=info-license,file=specs/shop.yaml,line=2,endLine=2,col=1,endColumn=5::a licence helps those \
                who use it
                4 problems (2 errors, 1 warning, 0 infos, 1 hint)

                """)
    }

    @Test("github-actions: a place of several lines has no columns, since annotations take none")
    func severalLines() {
        var finding = ReportFixture.finding()
        finding.range = SourceRange(file: ReportFixture.shop, lowerBound: 0, upperBound: 20)
        let text = ReportFixture.report([finding]).text(as: .githubActions)
        #expect(text.hasPrefix("::error title=r,file=a.yaml,line=1,endLine=2::m\n"))
    }

    @Test("github-actions: values and properties are escaped")
    func gitHubEscapes() {
        let finding = ReportFixture.finding("50%\r\nx,y:z", rule: "a:b,c", source: "d,e.yaml")
        #expect(
            ReportFixture.report([finding]).text(as: .githubActions).hasPrefix(
                "::error title=a%3Ab%2Cc,file=d%2Ce.yaml,line=1::50%25%0D%0Ax,y:z\n"))
    }

    @Test("github-actions: the last line says what GitHub does not show", arguments: [(10, false), (11, true)])
    func gitHubLimit(count: Int, isNamed: Bool) {
        let findings = [Finding](repeating: ReportFixture.finding(severity: .warning), count: count)
        let text = ReportFixture.report(findings).text(as: .githubActions)
        #expect(text.split(separator: "\n").count == count + 1)
        #expect(text.contains("GitHub shows the first 10 of a step") == isNamed)
    }

    @Test("hostile findings cannot add commands", arguments: [ReportFormat.githubActions, .teamcity])
    func injection(format: ReportFormat) {
        let lines = ReportFixture.hostile.text(as: format).split(separator: "\n")
        // Two severities of one rule: TeamCity hears of the rule once.
        #expect(lines.count == 4)
        for line in lines.dropLast() { #expect(line.hasPrefix("::") || line.hasPrefix("##teamcity[inspection")) }
    }

    @Test("teamcity: each rule once, then its findings, with the escapes of service messages")
    func teamCity() {
        let findings = [
            ReportFixture.finding("it's [1|2]\nx", rule: "info-contact", severity: .information),
            ReportFixture.finding("n", rule: "info-contact", severity: .hint),
        ]
        #expect(
            ReportFixture.report(findings).text(as: .teamcity) == """
                ##teamcity[inspectionType id='info-contact' name='info-contact' category='OpenAPI' description='The document \
                names a contact.']
                ##teamcity[inspection typeId='info-contact' message='it|'s |[1||2|]|nx' file='a.yaml' line='1' SEVERITY='WEAK \
                WARNING']
                ##teamcity[inspection typeId='info-contact' message='n' file='a.yaml' line='1' SEVERITY='INFO']

                """)
    }
}
