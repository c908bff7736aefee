import FindingReports
import SourceDiagnostics
import Testing

@Suite("The page")
struct PageReportTests {
    /// The page as XML.
    private static func page(_ report: FindingReport) throws -> MarkupReportTests.Reader {
        try #require(MarkupReportTests.Reader(report.text(as: .html)), "the page is well-formed")
    }

    @Test("the page needs nothing from elsewhere and runs nothing")
    func selfContained() throws {
        let report = ReportFixture.report()
        let read = try Self.page(report)
        #expect(["script", "link", "img", "iframe", "object", "base"].allSatisfy { read[$0].isEmpty })
        #expect(read.elements.allSatisfy { $0.attributes.keys.allSatisfy { !$0.hasPrefix("on") } })
        let policy = read["meta"].first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        #expect(policy?.attributes["content"] == "default-src 'none'; style-src 'unsafe-inline'")
        let text = report.text(as: .html)
        #expect(!text.contains("url(") && !text.contains("@import"))
    }

    @Test("every link inside the page leads to a place on it, and no two places have one name")
    func anchors() throws {
        for report in [ReportFixture.report(), ReportFixture.hostile, ReportFixture.report([])] {
            let read = try Self.page(report)
            let names = read.elements.compactMap { $0.attributes["id"] }
            #expect(Set(names).count == names.count)
            let used = read.elements.flatMap { element in
                [
                    element.attributes["href"].flatMap { $0.hasPrefix("#") ? String($0.dropFirst()) : nil },
                    element.attributes["aria-labelledby"],
                ].compactMap { $0 }
            }
            #expect(Set(used).subtracting(names) == [])
        }
    }

    @Test("it has landmarks, one first heading, no skipped level, and tables whose heads have a scope")
    func structure() throws {
        let read = try Self.page(ReportFixture.report())
        for landmark in ["header", "main", "footer"] { #expect(read[landmark].count == 1) }
        #expect(read["html"].first?.attributes["lang"] == "en")
        #expect(read["h1"].count == 1)
        var level = 0
        for element in read.elements {
            guard element.name.count == 2, element.name.hasPrefix("h"), let next = element.name.last?.wholeNumberValue
            else { continue }
            #expect(next <= level + 1)
            level = next
        }
        #expect(read["th"].allSatisfy { ["col", "row"].contains($0.attributes["scope"]) })
        #expect(!read["th"].isEmpty)
        for drawing in read["svg"] {
            #expect(drawing.attributes["aria-hidden"] == "true" || drawing.attributes["aria-label"] != nil)
        }
    }

    @Test("the score stands on the page with its formula and this run's numbers")
    func score() throws {
        let text = ReportFixture.report().text(as: .html)
        #expect(text.contains("aria-label=\"Score 69 of 100\""))
        #expect(text.contains("Here the cost is 44, so 10,000 / 144 gives <b>69</b>."))
        #expect(text.contains("Each rule that was broken costs its weight"))
    }

    @Test("an excerpt marks the place, without the indentation that its lines share")
    func excerpts() {
        let text = ReportFixture.report().text(as: .html)
        #expect(text.contains("<span><i>6</i><code>get:</code></span><span><i>7</i><code>  responses:</code></span>"))
        #expect(
            text.contains(
                "<code>    200: { $ref: <mark>&#39;#/components/responses/Ordrs&#39;</mark> }</code></span></pre>"))
    }

    @Test("one sentence said of many places is said once, and all but the first places are folded up")
    func repetition() throws {
        let findings = (0..<12).map { ReportFixture.finding("again", path: ["\($0)"]) }
        let read = try Self.page(ReportFixture.report(findings, inputs: []))
        #expect(read["p"].count { $0.text == "again" } == 1)
        #expect(read["summary"].map(\.text).contains("8 more"))
        #expect(read["li"].count { $0.attributes["id"] != nil } == 12)
    }

    @Test("only addresses on the web become links", arguments: ["javascript:alert(1)", "data:text/html,x", "rules.md"])
    func links(address: String) throws {
        var finding = ReportFixture.finding()
        finding.documentation = address
        let read = try Self.page(ReportFixture.report([finding], inputs: []))
        #expect(read["a"].allSatisfy { $0.attributes["href"] != address })
    }

    @Test("a run without findings is a page as well")
    func clean() throws {
        let read = try Self.page(ReportFixture.report([]))
        #expect(read["h1"].count == 1)
        #expect(read["p"].contains { $0.text == "Nothing to report in 2 files." })
        #expect(read["code"].map(\.text) == ["specs/shop.yaml", "specs/users.yaml"])
    }

    @Test("a page of very many findings stays readable: lines are shown for the first thousand")
    func many() throws {
        let file = SourceFile(path: "a.yaml", bytes: Array("a: b\n".utf8))
        let findings = (0..<1_500).map { number in
            var finding = ReportFixture.finding(path: ["\(number)"])
            finding.range = SourceRange(file: file, lowerBound: 0, upperBound: 1)
            return finding
        }
        let read = try Self.page(ReportFixture.report(findings, inputs: []))
        #expect(read["pre"].count == 1_000)
        #expect(read["li"].count == 1_500)
    }
}
