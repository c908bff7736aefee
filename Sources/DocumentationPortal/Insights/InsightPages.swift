import OpenAPIDocuments
import SourceDiagnostics

/// The pages that tell how operations fare: what lint says, who calls, what breaks its contract, how the service is.
struct InsightPages {
    /// The portal's path with a slash at its end.
    let root: String
    /// Who knows.
    let source: any InsightSource
    /// Makes frames.
    let frame: (_ title: String, _ api: DocumentedAPI?) -> PageFrame

    /// All operations of all APIs.
    func overview(_ apis: [DocumentedAPI]) -> [UInt8] {
        frame("Traffic and findings", nil).page { page in
            page.markup("<h1>Traffic and findings</h1>")
            for api in apis {
                page.element("h2", api.document.title.isEmpty ? api.name : api.document.title)
                page.markup(
                    """
                    <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Operation</th><th scope="col">Requests</th>\
                    <th scope="col">4xx</th><th scope="col">5xx</th><th scope="col">Violations</th><th scope="col">Findings</th>\
                    <th scope="col">Last minutes</th></tr></thead><tbody>
                    """)
                for (number, operation) in api.document.operations.enumerated() {
                    guard let insight = source.insight(api: api.name, operation: number) else { continue }
                    row(operation, api, insight, into: &page)
                }
                page.markup("</tbody></table></div>")
            }
        }
    }

    /// Writes the row of an operation.
    private func row(_ operation: Operation, _ api: DocumentedAPI, _ insight: OperationInsight, into page: inout HTML) {
        page.markup("<tr><th scope=\"row\">")
        page.element("a", ("href", root + PageAddress.insight(operation, of: api))) { page in
            MethodBadge.write(operation.method, into: &page)
            page.element("code", api.publicPath(operation))
        }
        page.markup("</th>")
        func number(_ value: UInt64?) {
            page.element("td", value.map { String($0) } ?? "…", ("class", "number"))
        }
        number(insight.requestCount)
        number(insight.requests.first { $0.label == "4xx" }?.count ?? 0)
        number(insight.requests.first { $0.label == "5xx" }?.count ?? 0)
        number(insight.violationCount)
        number(insight.findings.map { UInt64($0.count) })
        page.markup("<td>")
        sparkline(insight, into: &page)
        page.markup("</td></tr>")
    }

    /// One operation.
    func operation(_ operation: Operation, number: Int, of api: DocumentedAPI) -> [UInt8]? {
        guard let insight = source.insight(api: api.name, operation: number) else { return nil }
        var frame = frame("Traffic and findings · \(operation.name)", api)
        frame.operation = operation
        return frame.page { page in
            page.markup("<h1>Traffic and findings</h1><p class=\"request\">")
            MethodBadge.write(operation.method, into: &page)
            page.element("code", api.publicPath(operation))
            page.markup("</p>")
            page.element("p", ("class", "actions")) { page in
                page.link(
                    root + PageAddress.encoded(api.name) + "/" + PageAddress.operation(operation), "The operation",
                    class: "button")
                page.link(root + "insights/", "All operations", class: "button")
            }
            page.markup("<div class=\"insight\">")
            traffic(insight, into: &page)
            if let upstream = insight.upstream { service(upstream, into: &page) }
            findings(insight.findings, into: &page)
            page.markup("</div>")
        }
    }

    /// Writes what came and what broke its contract.
    private func traffic(_ insight: OperationInsight, into page: inout HTML) {
        page.markup("<h2>Traffic</h2><p>")
        sparkline(insight, into: &page)
        page.markup("</p>")
        counts(insight.requests, none: "No requests since the gateway started.", into: &page)
        page.markup("<h2>Broken contracts</h2>")
        counts(insight.violations, none: "None since the gateway started.", into: &page)
    }

    /// Writes how the service is.
    private func service(_ upstream: UpstreamInsight, into page: inout HTML) {
        page.markup("<h2>Service</h2><dl class=\"facts\">")
        page.element("dt", upstream.name)
        page.element("dd", upstream.instances.joined(separator: ", "))
        page.markup("<dt>Connections</dt>")
        page.element("dd", "\(upstream.connections.open) open, \(upstream.connections.leased) in use")
        page.markup("<dt>Calls</dt>")
        page.element("dd", "\(upstream.attempts)")
        page.markup("</dl>")
        counts(upstream.failures, none: "None of them failed.", into: &page)
    }

    /// Writes what lint says.
    private func findings(_ findings: [Finding]?, into page: inout HTML) {
        page.markup("<h2>Lint</h2>")
        guard let findings else { return page.markup("<p class=\"note\">The document is still being read.</p>") }
        guard !findings.isEmpty else { return page.markup("<p class=\"note\">Nothing found.</p>") }
        page.markup("<ul class=\"findings\">")
        for finding in findings.prefix(50) {
            page.markup("<li>")
            page.element("b", "\(finding.severity)", ("class", "severity \(finding.severity)"))
            page.text(" \(finding.message) ")
            page.element("code", finding.rule)
            if let range = finding.range { page.element("small", " line \(range.start.line)") }
            page.markup("</li>")
        }
        page.markup("</ul>")
        if findings.count > 50 { page.element("p", "and \(findings.count - 50) more", ("class", "note")) }
    }

    /// Writes numbers with what they count; those that are not zero.
    private func counts(_ counts: [OperationInsight.Count], none: StaticString, into page: inout HTML) {
        let some = counts.filter { $0.count > 0 }
        guard !some.isEmpty else {
            page.markup("<p class=\"note\">")
            page.markup(none)
            return page.markup("</p>")
        }
        page.markup("<ul class=\"chips\">")
        for count in some { page.element("li", "\(count.count) × \(count.label)") }
        page.markup("</ul>")
    }

    /// Writes how the number of requests went.
    private func sparkline(_ insight: OperationInsight, into page: inout HTML) {
        let most = insight.history.max() ?? 0
        Sparkline.write(
            insight.history, over: insight.violationHistory,
            label: "requests of the last \(insight.history.count * insight.interval / 60) minutes, at most \(most) in "
                + "\(insight.interval) seconds", into: &page)
    }
}
