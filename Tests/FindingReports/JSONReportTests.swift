import FindingReports
import JSONDocuments
import SourceDiagnostics
import Testing

@Suite("The formats in JSON")
struct JSONReportTests {
    /// A report read by our own parser.
    static func parsed(_ report: FindingReport, _ format: ReportFormat) throws -> JSONValue {
        try JSONDocument(parsing: SourceFile(path: "report", bytes: Array(report.text(as: format).utf8))).root
    }

    @Test("json has Spectral's members, zero-based, and ours where there is something to say")
    func json() throws {
        let root = try Self.parsed(ReportFixture.report(), .json)
        #expect(root.count == 4)
        let members = root[0]?.members.map(\.name)
        #expect(members == ["code", "path", "message", "severity", "range", "source"])
        #expect(root[0]?["severity"]?.int == 1)
        let finding = try #require(root[2])
        #expect(
            JSONWriter.text(of: finding) == """
                {"code":"invalid-ref","path":["paths","/orders","get","responses","200","$ref"],\
                "message":"there is no response \\"Ordrs\\"","severity":0,\
                "range":{"start":{"line":7,"character":21},"end":{"line":7,"character":51}},\
                "source":"specs/shop.yaml","documentationUrl":"https://lintel.test/rules#invalid-ref",\
                "suggestion":"did you mean \\"Orders\\"?"}
                """)
        let reference = try #require(root[3]?["references"]?[0])
        #expect(
            JSONWriter.text(of: reference) == """
                {"source":"specs/shop.yaml","range":{"start":{"line":7,"character":21},"end":{"line":7,"character":51}}}
                """)
    }

    @Test("a clean run is an empty array", arguments: [ReportFormat.json, .gitlab])
    func clean(format: ReportFormat) throws {
        #expect(ReportFixture.report([]).text(as: format) == "[]\n")
    }

    @Test("gitlab has the members that it demands, paths from the root of the checkout, lines from 1")
    func gitlab() throws {
        let root = try Self.parsed(
            ReportFixture.report { $0.paths = ReportPaths(currentDirectory: "/ci/repo/api", root: "/ci/repo") }, .gitlab
        )
        let issue = try #require(root[2])
        #expect(issue["check_name"]?.string == "invalid-ref")
        #expect(issue["description"]?.string == "there is no response \"Ordrs\"; did you mean \"Orders\"?")
        #expect(issue["severity"]?.string == "critical")
        #expect(issue["location"]?["path"]?.string == "api/specs/shop.yaml")
        #expect(issue["location"]?["lines"]?["begin"]?.int == 8)
        let severities = Set(root.elements.compactMap { $0["severity"]?.string })
        #expect(severities.isSubset(of: ["info", "minor", "major", "critical", "blocker"]))
        #expect(Set(root.elements.compactMap { $0["fingerprint"]?.string }).count == 4)
    }

    @Test("fingerprints stay while lines move, and differ where a rule speaks twice of one place")
    func fingerprints() throws {
        let moved = SourceFile(path: "specs/shop.yaml", bytes: Array("# note\n".utf8) + ReportFixture.shop.bytes)
        let before = ReportFixture.findings[2]
        var after = before
        after.range = ReportFixture.range(of: "info", in: moved)
        let twice = try Self.parsed(ReportFixture.report([before, before]), .gitlab)
        let once = try Self.parsed(ReportFixture.report([after]), .gitlab)
        let prints = twice.elements.compactMap { $0["fingerprint"]?.string }
        #expect(prints.first == once[0]?["fingerprint"]?.string)
        #expect(Set(prints).count == 2)
        #expect(prints.allSatisfy { $0.utf8.count == 32 })
    }

    @Test("sarif: the driver describes rules, results point at them by index")
    func sarif() throws {
        let root = try Self.parsed(ReportFixture.report(), .sarif)
        #expect(root["version"]?.string == "2.1.0")
        let run = try #require(root["runs"]?[0])
        let driver = try #require(run["tool"]?["driver"])
        #expect(driver["name"]?.string == "lintel")
        #expect(driver["version"]?.string == "1.2.3")
        for result in try #require(run["results"]).elements {
            let index = try #require(result["ruleIndex"]?.int)
            #expect(driver["rules"]?[index]?["id"]?.string == result["ruleId"]?.string)
            #expect(result["partialFingerprints"]?["lintel/v1"]?.string?.utf8.count == 32)
        }
        let location = try #require(run["results"]?[2]?["locations"]?[0]?["physicalLocation"])
        #expect(
            JSONWriter.text(of: location) == """
                {"artifactLocation":{"uri":"specs/shop.yaml"},\
                "region":{"startLine":8,"startColumn":22,"endLine":8,"endColumn":52}}
                """)
        let levels = run["results"]?.elements.compactMap { $0["level"]?.string }
        #expect(levels == ["warning", "note", "error", "error"])
        let uris = run["artifacts"]?.elements.compactMap { $0["location"]?["uri"]?.string }
        #expect(uris == ["specs/shop.yaml", "specs/users.yaml", "specs/common.yaml"])
        #expect(run["results"]?[3]?["relatedLocations"]?.count == 1)
    }

    @Test("sarif: a document cannot put a link into an alert (section 3.11.6)")
    func links() throws {
        let report = ReportFixture.report([ReportFixture.finding("see [here](https://evil.test)")])
        let root = try Self.parsed(report, .sarif)
        #expect(
            root["runs"]?[0]?["results"]?[0]?["message"]?["text"]?.string == "see \\[here\\](https://evil.test)")
        let plain = try Self.parsed(ReportFixture.report([ReportFixture.finding("paths[0] of {id}")]), .sarif)
        #expect(plain["runs"]?[0]?["results"]?[0]?["message"]?["text"]?.string == "paths[0] of {id}")
    }

    @Test("sarif: of more results than GitHub takes the most serious are kept")
    func limit() throws {
        var findings = [Finding](repeating: ReportFixture.finding(severity: .hint), count: 25_001)
        findings.append(ReportFixture.finding("last", severity: .error, source: "z.yaml"))
        let results = try #require(try Self.parsed(ReportFixture.report(findings), .sarif)["runs"]?[0]?["results"])
        #expect(results.count == 25_000)
        #expect(results[0]?["message"]?["text"]?.string == "last")
    }

    @Test("what is hostile comes back as it was", arguments: [ReportFormat.json, .gitlab, .sarif])
    func hostile(format: ReportFormat) throws {
        let root = try Self.parsed(ReportFixture.hostile, format)
        if format == .json { #expect(root[0]?["message"]?.string == ReportFixture.hostileText) }
        if format == .sarif {
            let uri = root["runs"]?[0]?["artifacts"]?[1]?["location"]?["uri"]?.string
            #expect(uri?.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3C } == true)
        }
    }
}
