import RequestRouting

/// Measures what routing a request costs as the number of operations grows: making its path canonical and matching it.
/// The budget: 10 and 10,000 operations within 10 %, with typical traffic.
///
/// Usage: `RouterBenchmark [--json] [--counts 10,1000,10000,100000] [--rounds 31]`
///
/// The tables take turns in every round, so that a change of the machine's speed hits all of them; the median of the
/// rounds is reported, and the ratio to the first table is the median of the rounds' ratios.
@main
struct RouterBenchmark {
    /// Parses the arguments, measures, prints.
    static func main() {
        var arguments = CommandLine.arguments.dropFirst()
        var counts = [10, 10_000]
        var rounds = 31
        var isJSON = false
        while let argument = arguments.popFirst() {
            switch argument {
            case "--json": isJSON = true
            case "--counts": counts = (arguments.popFirst() ?? "").split(separator: ",").compactMap { Int($0) }
            case "--rounds": rounds = arguments.popFirst().flatMap { Int($0) } ?? rounds
            default: return print("usage: RouterBenchmark [--json] [--counts 10,10000] [--rounds 31]")
            }
        }
        let figures = figures(of: counts.map { Subject(operations: max($0, 10)) }, rounds: max(rounds, 1))
        print(isJSON ? json(figures) : text(figures))
    }

    /// The ratio that the budget allows between 10,000 operations and 10.
    private static let budget = 1.10

    /// Measures all tables with both kinds of traffic.
    private static func figures(of subjects: [Subject], rounds: Int) -> [Figures] {
        var result: [Figures] = []
        for traffic in Traffic.allCases {
            for subject in subjects { _ = subject.measure(traffic, canonicalising: true) }
            var matches = subjects.map { _ in [Double]() }
            var wholes = matches
            for _ in 0..<rounds {
                for (index, subject) in subjects.enumerated() {
                    matches[index].append(subject.measure(traffic, canonicalising: false))
                    wholes[index].append(subject.measure(traffic, canonicalising: true))
                }
            }
            for (index, subject) in subjects.enumerated() {
                result.append(
                    Figures(
                        traffic: traffic, operations: subject.operations, match: median(matches[index]),
                        whole: median(wholes[index]), ratio: median(zip(wholes[index], wholes[0]).map { $0 / $1 }),
                        bytes: subject.table.byteCount))
            }
        }
        return result
    }

    /// The middle value.
    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// Whether the budget is held, nil if it was not measured.
    private static func isHeld(_ figures: [Figures]) -> Bool? {
        let typical = figures.filter { $0.traffic == .typical }
        guard typical.first?.operations == 10 else { return nil }
        return typical.first { $0.operations == 10_000 }.map { $0.ratio <= budget }
    }

    /// A table for people.
    private static func text(_ figures: [Figures]) -> String {
        var lines = ["traffic   operations   match ns   with canonicalisation ns   ratio   table KiB"]
        for line in figures {
            lines.append(
                line.traffic.rawValue + pad("\(line.operations)", 20 - line.traffic.rawValue.count)
                    + pad(fixed(line.match, 1), 11) + pad(fixed(line.whole, 1), 27)
                    + pad(fixed(line.ratio, 3), 8) + pad("\(line.bytes / 1024)", 12))
        }
        if let isHeld = isHeld(figures) {
            lines.append(
                "budget, typical traffic, 10 and 10,000 operations within 10 %: \(isHeld ? "held" : "NOT held")")
        }
        return lines.joined(separator: "\n")
    }

    /// One object for programs: `tables` are the figures with typical traffic, `uniformTables` those with uniform
    /// traffic.
    private static func json(_ figures: [Figures]) -> String {
        func lines(_ traffic: Traffic) -> String {
            figures.filter { $0.traffic == traffic }.map { line in
                "{\"operations\":\(line.operations),\"matchNanoseconds\":\(fixed(line.match, 2)),"
                    + "\"canonicaliseAndMatchNanoseconds\":\(fixed(line.whole, 2)),"
                    + "\"ratio\":\(fixed(line.ratio, 4)),\"tableBytes\":\(line.bytes)}"
            }.joined(separator: ",")
        }
        let isHeld = isHeld(figures).map { "\($0)" } ?? "null"
        return "{\"benchmark\":\"router\",\"budgetRatio\":\(fixed(budget, 2)),\"held\":\(isHeld),"
            + "\"tables\":[\(lines(.typical))],\"uniformTables\":[\(lines(.uniform))]}"
    }

    /// A number with a fixed count of decimals; "null" if it is none.
    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "null" }
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int(value * Double(scale) + 0.5)
        let fraction = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// Right-aligns.
    private static func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 0)) + text
    }
}

/// The figures of one table with one kind of traffic.
private struct Figures {
    /// How the requests are spread.
    var traffic: Traffic

    /// How many operations the table has.
    var operations: Int

    /// Nanoseconds a match, median.
    var match: Double

    /// Nanoseconds for canonicalisation and match, median.
    var whole: Double

    /// Canonicalisation and match against those of the first table.
    var ratio: Double

    /// The size of the table.
    var bytes: Int
}
