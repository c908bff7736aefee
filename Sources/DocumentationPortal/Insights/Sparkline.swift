/// A line that shows how a number went, as a small SVG without style of its own.
enum Sparkline {
    /// The size in the units of the picture.
    private static let (width, height) = (120, 28)

    /// Writes a line for numbers, the latest at the right; violations are drawn over it.
    ///
    /// - Parameter label: What the picture says to those who do not see it.
    static func write(_ numbers: [UInt64], over violations: [UInt64], label: String, into page: inout HTML) {
        let most = max(numbers.max() ?? 0, violations.max() ?? 0)
        page.open(
            "svg", ("class", "spark"), ("viewBox", "0 0 \(width) \(height)"), ("width", String(width)),
            ("height", String(height)), ("role", "img"), ("aria-label", label))
        line(numbers, of: most, named: "all", into: &page)
        if violations.contains(where: { $0 > 0 }) { line(violations, of: most, named: "bad", into: &page) }
        page.close("svg")
    }

    /// Writes one line.
    private static func line(_ numbers: [UInt64], of most: UInt64, named name: String, into page: inout HTML) {
        let steps = max(1, numbers.count - 1)
        let points = numbers.enumerated().map { place, number in
            let share = most == 0 ? 0 : Double(number) / Double(most)
            let x = Double(width) * Double(place) / Double(steps)
            let y = Double(height) - 2 - share * Double(height - 4)
            return "\(tenths(x)),\(tenths(y))"
        }
        page.open("polyline", ("class", name), ("points", points.joined(separator: " ")))
        page.close("polyline")
    }

    /// A number with one digit behind the point.
    private static func tenths(_ number: Double) -> String {
        let all = Int((number * 10).rounded())
        return "\(all / 10).\(all % 10)"
    }
}
