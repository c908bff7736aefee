import JSONDocuments
import SourceDiagnostics

/// A value with everything that its references lead to in their place: what a schema that knows no references is held
/// against. A reference that leads back to where it stands remains.
struct ResolvedCopy {
    /// The most values of a copy.
    private static let maximumCount = 200_000

    /// The copy.
    let value: JSONValue
    /// The value that was copied.
    private let source: JSONValue
    /// Follows references.
    private let scene: RuleScene

    /// Copies a value; nil where it holds no reference, so that it may be taken as it is, or far too many.
    init?(of source: JSONValue, _ scene: RuleScene) {
        let hasReference = source.document.withView { view in
            (source.index..<Int(view[source.index].next)).contains { index in
                view[index].flags.contains(.key) && view.text(of: index).elementsEqual("$ref".utf8)
            }
        }
        guard hasReference else { return nil }
        var writing = Writing(scene: scene, remaining: Self.maximumCount)
        writing.write(source)
        guard writing.remaining > 0,
            let document = try? JSONDocument(
                parsing: SourceFile(path: source.document.file.path, bytes: writing.writer.bytes),
                limits: JSONLimits(duplicateKeys: .allow))
        else { return nil }
        value = document.root
        self.source = source
        self.scene = scene
    }

    /// The place in the documents that a place of the copy came from.
    func original(at pointer: JSONPointer) -> JSONValue? {
        var current = scene.followed(source)
        for token in pointer.tokens {
            let child = current.kind == .array ? Int(token).flatMap { current[$0] } : current[token]
            guard let child else { return nil }
            current = scene.followed(child)
        }
        return current
    }

    /// A copy that is being written.
    private struct Writing {
        /// Follows references.
        let scene: RuleScene
        /// How many values may still be written.
        var remaining: Int
        /// The text.
        var writer = JSONWriter()
        /// The targets of references around.
        private var around: [JSONValue] = []

        /// A copy of nothing yet.
        init(scene: RuleScene, remaining: Int) {
            self.scene = scene
            self.remaining = remaining
        }

        /// Writes a value.
        mutating func write(_ value: JSONValue) {
            remaining -= 1
            let target = scene.followed(value)
            let isReference = target != value
            // Deep chains of references are cut like circles: no schema of a ruleset looks as far.
            guard remaining > 0, !isReference || !around.contains(target) && around.count < 64 else {
                writer.value(value)
                return
            }
            if isReference { around.append(target) }
            defer { if isReference { around.removeLast() } }
            switch target.kind {
            case .object:
                writer.beginObject()
                for member in target.members {
                    writer.key(member.name)
                    write(member.value)
                }
                writer.endObject()
            case .array:
                writer.beginArray()
                for element in target.elements { write(element) }
                writer.endArray()
            default: writer.value(target)
            }
        }
    }
}
