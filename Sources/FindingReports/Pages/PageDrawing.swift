import SourceDiagnostics

/// The drawings of a page, as inline SVG: colours come from the style sheet.
struct PageDrawing {
    /// The signs of the severities, drawn once and used by reference.
    static let symbols = """
        <svg class="symbols" width="0" height="0" aria-hidden="true">
        <symbol id="sign-error" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.5" fill="currentColor"/>\
        <path d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2" class="cut"/></symbol>
        <symbol id="sign-warning" viewBox="0 0 16 16"><path d="M8 .8l7.6 14.2H.4z" fill="currentColor"/>\
        <path d="M8 5.6v4.6M8 12.2v.9" class="cut"/></symbol>
        <symbol id="sign-info" viewBox="0 0 16 16"><rect x=".5" y=".5" width="15" height="15" rx="3.5" fill="currentColor"/>\
        <path d="M8 7.2v5M8 3.6v.9" class="cut"/></symbol>
        <symbol id="sign-hint" viewBox="0 0 16 16"><path d="M8 .5l7.5 7.5L8 15.5.5 8z" fill="currentColor"/>\
        <path d="M5.6 8.1l1.8 1.8 3-3.6" class="cut"/></symbol>
        </svg>
        """

    /// The sign of a severity; its word always stands beside it or in the row, so that it is mere decoration.
    static func icon(_ severity: Severity) -> String {
        "<svg class=\"sign \(severity)\" aria-hidden=\"true\"><use href=\"#sign-\(severity)\"/></svg>"
    }

    /// The sign of a clean file.
    static let check = """
        <svg class="sign good" viewBox="0 0 16 16" aria-hidden="true">\
        <path d="M2.5 8.5l3.5 3.5 7.5-8" fill="none" stroke="currentColor" stroke-width="2.2"/></svg>
        """

    /// The mark of the program: two posts and the beam that they carry.
    static let mark = """
        <svg class="mark" viewBox="0 0 24 20" aria-hidden="true"><path d="M0 1h24v5H0zM3 8h5v12H3zM16 8h5v12h-5z" \
        fill="currentColor"/></svg>
        """

    /// The score as a ring that is filled as far as the score reaches.
    static func ring(_ score: Int) -> String {
        let tone = score >= 90 ? "high" : score >= 60 ? "middle" : "low"
        return """
            <svg class="ring \(tone)" viewBox="0 0 120 120" role="img" aria-label="Score \(score) of 100">
            <circle cx="60" cy="60" r="52" class="track"/>
            <circle cx="60" cy="60" r="52" class="arc" pathLength="100" stroke-dasharray="\(score) 100" \
            transform="rotate(-90 60 60)"/>
            <text x="60" y="69" class="value">\(score)</text>
            <text x="60" y="87" class="unit">of 100</text>
            </svg>
            """
    }

    /// A bar of stretches, as long as its count in proportion to the longest one.
    ///
    /// - Parameters:
    ///   - parts: The stretches; none is drawn shorter than can be seen.
    ///   - most: The count of the longest bar.
    static func bar(_ parts: [(severity: Severity, count: Int)], of most: Int) -> String {
        var start = 0.0
        let stretches = parts.filter { $0.count > 0 }.map { part in
            let width = max(1, Double(part.count) * 100 / Double(max(1, most)))
            defer { start += width }
            return "<rect class=\"\(part.severity)\" x=\"\(tenths(start))%\" width=\"\(tenths(width))%\" height=\"8\"/>"
        }
        return "<svg class=\"bar\" aria-hidden=\"true\">\(stretches.joined())</svg>"
    }

    /// A number with one decimal place.
    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
