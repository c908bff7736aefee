import JSONDocuments
import SourceDiagnostics

/// What one reading of the files gathers beside the values: everything wrong, everything that does not run yet, every
/// leaf with its place, every reference between names, every further file.
///
/// Readers never stop at the first mistake: they report it here and go on with the rest.
final class SettingsRun {
    /// A name that has to be defined somewhere.
    struct Reference {
        /// What kind of name.
        enum Kind: String {
            /// A policy, by `use`, `useOnly` or `security`.
            case policy
            /// A policy that authenticates, by `security`.
            case authentication
            /// An upstream.
            case upstream
        }

        /// What kind of name.
        let kind: Kind
        /// The name.
        let name: String
        /// Where it is used.
        let range: SourceRange
    }

    /// Files and variables.
    let environment: SettingsEnvironment
    /// Everything wrong, in the order found.
    var diagnostics: [Diagnostic] = []
    /// Everything that does not run yet.
    var unsupported: [UnsupportedFeature] = []
    /// Every leaf that was read or defaulted.
    var leaves: [SettingLeaf] = []
    /// Every reference between names.
    var references: [Reference] = []
    /// Paths of the further files that values came from, in order, each once.
    var referencedFiles: [String] = []

    /// Starts a reading.
    init(environment: SettingsEnvironment) {
        self.environment = environment
    }

    /// Reports a mistake.
    func report(
        _ code: String, _ message: String, at range: SourceRange, suggestion: String? = nil,
        notes: [Diagnostic.Note] = []
    ) {
        diagnostics.append(Diagnostic(.error, code, message, at: range, suggestion: suggestion, notes: notes))
    }

    /// Reports something that is probably not meant.
    func warn(_ code: String, _ message: String, at range: SourceRange, suggestion: String? = nil) {
        diagnostics.append(Diagnostic(.warning, code, message, at: range, suggestion: suggestion))
    }

    /// Notes that a feature is asked for; does nothing where it runs.
    func use(_ feature: SettingsFeature?, at range: SourceRange) {
        guard let feature, SettingsFeature.notRunning.contains(feature) else { return }
        unsupported.append(UnsupportedFeature(feature: feature, range: range))
    }

    /// Notes a further file, so that a reload can watch it.
    func note(file path: String) {
        if !referencedFiles.contains(path) { referencedFiles.append(path) }
    }
}

/// Where in the tree of settings a value is read.
struct ValueContext {
    /// Gathers what is found.
    let run: SettingsRun
    /// The full name, for example `upstreams.products.pool.idle`.
    let path: String

    /// The context of a member or element.
    func appending(_ name: String) -> ValueContext {
        ValueContext(run: run, path: path.isEmpty ? name : path + "." + name)
    }

    /// Reports that a value has the wrong type.
    func wrongType(_ value: JSONValue, expected: String) {
        run.report("wrong-type", "\(path) must be \(expected), but is \(value.kind.article)", at: value.range)
    }
}

extension JSONKind {
    /// The kind in a sentence.
    var article: String {
        switch self {
        case .null: "empty"
        case .false, .true: "a truth value"
        case .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "a map"
        }
    }
}
