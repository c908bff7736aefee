import GatewaySettings
import SourceDiagnostics

/// Settings files: read or refused with a place, never both and never a trap.
struct SettingsTarget: FuzzTarget {
    static let name = "settings"

    func run(_ input: UnsafeRawBufferPointer) {
        let environment = SettingsEnvironment(
            listFolder: { _ in .success(["gateway.yaml"]) },
            readFile: { _ in .success(Array("key".utf8)) },
            isReadable: { _ in true },
            variable: { $0 == "SECRET" ? "0123456789abcdef0123456789abcdef" : nil },
            processorCount: 2)
        let file = SourceFile(path: "routes/gateway.yaml", bytes: Array(input))
        let outcome = SettingsLoader(environment: environment).load(files: [file])
        let isWrong = outcome.diagnostics.contains { $0.severity == .error }
        hold((outcome.settings == nil) == isWrong, "there are settings, or there is an error")
        for form in [DiagnosticRenderer.Form.lines, .excerpts] {
            _ = DiagnosticRenderer(form: form, isColored: true).render(outcome.diagnostics)
        }
    }
}
