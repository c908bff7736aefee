import GatewaySettings
import SourceDiagnostics

/// A routes folder in memory: settings files in `routes`, every other path as named, and an environment.
struct SettingsFixture: Sendable {
    /// Contents by path.
    var files: [String: String]
    /// Environment variables.
    var variables: [String: String] = [:]

    /// A folder of one file beside the usual documents.
    init(_ text: String, name: String = "gateway.yaml", variables: [String: String] = [:]) {
        self.init(files: ["routes/\(name)": text], variables: variables)
    }

    /// A folder of several files beside the usual documents.
    init(files: [String: String], variables: [String: String] = [:]) {
        self.files = ["specs/products.yaml": "", "specs/users.yaml": ""].merging(files) { $1 }
        self.variables = variables
    }

    /// The environment that the fixture stands for.
    var environment: SettingsEnvironment {
        let files = files
        let variables = variables
        return SettingsEnvironment(
            listFolder: { folder in
                let names = files.keys.filter { $0.hasPrefix(folder + "/") }.map {
                    String($0.dropFirst(folder.count + 1))
                }
                guard !names.isEmpty else { return .failure(SettingsFileError(reason: "no such file or directory")) }
                return .success(names.filter { !$0.contains("/") })
            },
            readFile: { path in
                files[path].map { .success(Array($0.utf8)) }
                    ?? .failure(SettingsFileError(reason: "no such file or directory"))
            },
            isReadable: { files[$0] != nil },
            variable: { variables[$0] },
            processorCount: 3)
    }

    /// What reading the folder gives.
    func load() -> SettingsLoader.Outcome {
        SettingsLoader(environment: environment).load(folder: "routes")
    }

    /// The diagnostics as `path:line:column: severity: message [code]`, without suggestions and notes.
    func lines() -> [String] {
        load().diagnostics.map { diagnostic in
            let place = diagnostic.range.map { "\($0.description): " } ?? ""
            return "\(place)\(diagnostic.severity): \(diagnostic.message) [\(diagnostic.code)]"
        }
    }

    /// Everything that can be said about the diagnostics, as one text.
    func everythingSaid() -> String {
        DiagnosticRenderer(form: .lines).render(load().diagnostics)
    }
}
