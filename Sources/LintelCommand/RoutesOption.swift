import ArgumentParser
import GatewayPipeline
import GatewayTelemetry
import Glibc
import SourceDiagnostics

/// The folder of settings, as every command that loads them takes it.
struct RoutesOption: ParsableArguments {
    @Option(name: .long, help: "Folder with the gateway's settings. Default: $LINTEL_ROUTES, else routes.")
    var routes: String?

    /// The folder.
    var folder: String { routes ?? getenv("LINTEL_ROUTES").map { String(cString: $0) } ?? "routes" }

    /// Loads the folder and everything that it names.
    ///
    /// - Parameter withPages: whether the documentation is made too.
    func load(
        metrics: MetricsRegistry? = nil, withPages: Bool = false
    ) -> SnapshotBuilder.Outcome {
        SnapshotBuilder.load(routes: folder, metrics: metrics, withPages: withPages)
    }

    /// Loads the folder, or tells what is wrong and ends with exit code 2.
    func loadOrExit() throws -> (snapshot: Snapshot, outcome: SnapshotBuilder.Outcome) {
        let outcome = load()
        guard let snapshot = outcome.snapshot else {
            Terminal.output.write(outcome.diagnostics)
            Terminal.error.write(Summary.text(outcome.diagnostics, in: folder))
            throw ExitCode(2)
        }
        return (snapshot, outcome)
    }
}

/// The line that counts findings.
enum Summary {
    /// `3 errors, 1 warning in routes`.
    static func text(_ diagnostics: [Diagnostic], in folder: String) -> String {
        func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count { $0.severity == .warning }
        return "\(counted(errors, "error")), \(counted(warnings, "warning")) in \(folder)"
    }
}
