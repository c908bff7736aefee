import JSONDocuments
import SourceDiagnostics

/// A composition as it stands in the files: its name, its endpoint, and everything else for the part that compiles it.
package struct CompositionSettings: SettingsSection {
    /// The method in upper case.
    package let method: String
    /// The public path, a template.
    package let path: Setting<String>
    /// The whole map, with positions.
    package let value: JSONValue

    /// The methods that a composition may answer, as keys.
    private static let methods = ["get", "post", "put", "patch", "delete"]

    /// The keys of a composition.
    private enum Key {
        /// The methods as keys.
        static let endpoints = methods.map {
            SettingKey($0, .requestPath(), "The path that it answers for this method.")
        }
        /// The keys that are compiled later, with what they are.
        static let later: [(name: String, summary: String)] = [
            ("summary", "One line for the documentation."), ("description", "Text for the documentation."),
            ("tags", "Tags for the documentation."), ("timeout", "Time for the whole composition."),
            ("inputs", "Inputs besides those in the path."), ("steps", "The operations that are called."),
            ("respond", "The template of the reply."), ("cache", "How the whole reply is stored."),
            ("contract", "The declared operation that the reply has to fit."), ("security", "What callers need."),
            ("use", "Policies that are appended."), ("useOnly", "Policies that stand instead of all others."),
        ]
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Composition", summary: "An endpoint of the gateway that calls several operations and shapes one reply.",
        keys: Key.endpoints.map(\.description)
            + Key.later.map {
                KeyDescription(name: $0.name, summary: $0.summary, schema: .anything, isRequired: false, builtIn: nil)
            },
        exactlyOneOf: methods)

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let endpoints = zip(Self.methods, Key.endpoints).compactMap { method, key in
            reader.given(key).map { (method.uppercased(), $0) }
        }
        for key in Key.later { _ = reader.raw(key.name) }
        guard let endpoint = endpoints.first, let object = reader.objects.first else { return nil }
        method = endpoint.0
        path = endpoint.1
        value = object
    }
}
