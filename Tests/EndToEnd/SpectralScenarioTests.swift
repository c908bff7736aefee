import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

extension EndToEnd {
    /// The scenarios of Spectral's command line, replayed with our executable in its place.
    @Suite("Spectral's command line", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
    struct SpectralScenarioTests {
        /// What we do otherwise, and why.
        private static let disagreements = [
            "formats/results-format-html.scenario": "the page is our own",
            "formats/results-format-junit.scenario":
                "every finding is a test case, not only errors: JUnit's readers count what was looked at",
            "formats/too-few-outputs.scenario": "wrong use is exit 2, findings are 1: a CI job tells them apart",
            "formats/too-many-outputs.scenario": "wrong use is exit 2",
            "formats/unmatched-outputs.scenario": "wrong use is exit 2",
            "strict-commands.scenario": "wrong use is exit 2",
            "strict-options.scenario": "wrong use is exit 2",
            "no-ruleset.scenario": "without a ruleset the recommended rules are used",
            "severity/display-errors.scenario":
                "its ruleset lacks a comma: YAML 1.2.2 §7.4.2, entries of a flow mapping are separated by `,`",
            "severity/display-warnings.scenario": "its ruleset lacks a comma: YAML 1.2.2 §7.4.2",
        ]

        @Test("every scenario has the same output and exit code, but for what is listed")
        func scenarios() throws {
            let file = SourceFile(path: "scenarios.json", bytes: try Corpora.bytes("lint/spectral_cli_scenarios.json"))
            let scenarios = try JSONDocument(parsing: file).root
            var passed = 0
            var disagreements: [String] = []
            for scenario in scenarios.elements {
                let name = scenario["file"]?.string ?? ""
                if let difference = try Self.difference(scenario) {
                    disagreements.append(name)
                    #expect(Self.disagreements[name] != nil, "\(name): \(difference)")
                } else {
                    passed += 1
                }
            }
            #expect(Set(disagreements) == Set(Self.disagreements.keys), "a disagreement that is none any more")
            print("Spectral's scenarios: \(passed) of \(scenarios.count), \(disagreements.count) known disagreements")
        }

        /// How a run differs from a scenario; nil where it does not.
        private static func difference(_ scenario: JSONValue) throws -> String? {
            var names: [(String, String)] = [("{bin}", LintelExecutable.path)]
            let folder = try TemporaryFolder([:])
            for asset in scenario["assets"].map({ Array($0.members) }) ?? [] {
                names.append(("{asset:\(asset.name)}", try folder.add(asset.value.string ?? "", as: asset.name)))
            }
            if let document = scenario["document"]?.string {
                names.append(("{document}", try folder.add(document, as: "document")))
            }
            func filled(_ text: String) -> String {
                names.reduce(text) { $0.replacing($1.0, with: $1.1) }
            }
            let command = filled(scenario["command-nix"]?.string ?? scenario["command"]?.string ?? "")
            let result = try ChildProcess.run(
                ["/bin/sh", "-c", "cd '\(folder.path)' && { \(command); } < /dev/null"], within: 60)
            if let status = scenario["status"]?.string.flatMap(Int32.init), status != result.code {
                return "exit \(result.code), not \(status): \(result.error)"
            }
            let expected = filled(scenario["stdout"]?.string ?? "")
            return same(expected, result.output) ? nil : "\(result.output)\(result.error)\ninstead of\n\(expected)"
        }

        /// Whether two outputs say the same: as JSON where they are, else line by line.
        private static func same(_ one: String, _ other: String) -> Bool {
            if one.hasPrefix("["),
                let first = try? JSONDocument(parsing: SourceFile(path: "a", bytes: Array(one.utf8))),
                let second = try? JSONDocument(parsing: SourceFile(path: "b", bytes: Array(other.utf8)))
            {
                return first.root.structurallyEquals(second.root)
            }
            let lines = { (text: String) in text.split(separator: "\n").map { $0.drop { $0 == " " } } }
            return lines(one) == lines(other)
        }
    }
}
