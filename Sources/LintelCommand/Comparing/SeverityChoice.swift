import ArgumentParser
import ContractComparison
import SourceDiagnostics

/// How much checks matter, where somebody sees it otherwise.
struct SeverityChoice: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How much a check matters: error, warn, info or none. May be repeated.", valueName: "CHECK=SEVERITY"))
    var severity: [String] = []

    @Option(
        help: ArgumentHelp("A file with lines `CHECK SEVERITY`, as the tool oasdiff reads it.", valueName: "FILE"))
    var severityLevels: String?

    /// The severities by check; nil silences a check.
    ///
    /// - Throws: `ValidationError` for a name that is no check's and a word that is no severity.
    func chosen() throws -> [String: Severity?] {
        var chosen: [String: Severity?] = [:]
        if let severityLevels {
            let file: SourceFile
            do throws(CommandInput.Failure) {
                file = try CommandInput.file(severityLevels)
            } catch {
                throw ValidationError(error.message)
            }
            for number in 1...max(1, file.lineCount) {
                let words = file.text(ofLine: number).prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
                guard !words.isEmpty else { continue }
                guard words.count == 2 else {
                    throw ValidationError("\(severityLevels):\(number): a line is `CHECK SEVERITY`")
                }
                try add(String(words[0]), String(words[1]), "\(severityLevels):\(number): ", to: &chosen)
            }
        }
        for text in severity {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--severity \(text): write CHECK=SEVERITY") }
            try add(parts[0], parts[1], "--severity: ", to: &chosen)
        }
        return chosen
    }

    /// Adds a severity.
    private func add(
        _ check: String, _ word: String, _ place: String, to chosen: inout [String: Severity?]
    ) throws {
        guard CheckCatalogue.severity(of: check) != nil else {
            let near =
                NearestName.among(CheckCatalogue.all.map(\.id), to: check).map { "; did you mean `\($0)`?" } ?? ""
            throw ValidationError("\(place)there is no check `\(check)`\(near)")
        }
        switch word.lowercased() {
        case "error", "err", "breaking": chosen[check] = .some(.error)
        case "warn", "warning": chosen[check] = .some(.warning)
        case "info": chosen[check] = .some(.information)
        case "none", "off": chosen[check] = .some(nil)
        default: throw ValidationError("\(place)`\(word)` is no severity: error, warn, info or none")
        }
    }
}

/// How long clients are warned before something goes.
struct DeprecationPolicy: ParsableArguments {
    @Option(
        help: ArgumentHelp("Days between a deprecation and its x-sunset, for stable operations.", valueName: "N"))
    var deprecationDaysStable = 180

    @Option(help: ArgumentHelp("The same for operations whose x-stability-level is beta.", valueName: "N"))
    var deprecationDaysBeta = 31

    @Flag(help: "A deprecation without x-sunset breaks clients.")
    var requireSunset = false

    @Option(help: ArgumentHelp("The day to compare sunsets with. Default: today, UTC.", valueName: "YYYY-MM-DD"))
    var today: String?

    /// The policy.
    func policy(_ severities: SeverityChoice) throws -> ComparisonPolicy {
        guard deprecationDaysStable >= 0, deprecationDaysBeta >= 0 else {
            throw ValidationError("days cannot be negative")
        }
        var day = CalendarDate.today
        if let today {
            guard let date = CalendarDate(today) else { throw ValidationError("--today: `\(today)` is no date") }
            day = date
        }
        var policy = ComparisonPolicy(today: day)
        policy.stableDays = min(deprecationDaysStable, 36_500)
        policy.betaDays = min(deprecationDaysBeta, 36_500)
        policy.requiresSunset = requireSunset
        policy.severities = try severities.chosen()
        return policy
    }
}
