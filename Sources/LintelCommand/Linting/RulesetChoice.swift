import ArgumentParser
import Glibc
import LintRulesets
import SourceDiagnostics

/// Which ruleset a run uses: the one that is named, the first that lies where the command runs, or the recommended one.
struct RulesetChoice: ParsableArguments {
    /// The names that are looked for, in this order.
    static let names = [".lintel.yaml", ".spectral.yaml", ".spectral.yml", ".spectral.json"]

    @Option(
        name: [.customShort("r"), .customLong("ruleset")],
        help: ArgumentHelp(
            "A ruleset in Spectral's format. Default: .lintel.yaml or .spectral.yaml here, else what is recommended.",
            valueName: "FILE"))
    var path: String?

    /// Loads the ruleset.
    ///
    /// - Throws: `ExitCode` 2 after telling every mistake of the ruleset.
    func load() throws -> Ruleset {
        guard let path = path ?? Self.names.first(where: { access($0, F_OK) == 0 }) else { return .recommended }
        do throws(RulesetRejection) {
            return try Ruleset.load(path)
        } catch {
            Terminal.error.write(error.diagnostics)
            throw ExitCode(2)
        }
    }
}
