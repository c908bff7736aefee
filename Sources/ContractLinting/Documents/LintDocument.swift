import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// A description as the linter sees it: raw located trees of the document and of every file that its references reach.
///
/// Nothing has to be valid: a fragment, a document of an unknown version and a file with duplicate keys are all linted
/// as far as they can be read. References are resolved once, while loading, and never expanded: what stands behind one
/// is looked at where it stands. The value is immutable, so one document may be linted by several threads.
package final class LintDocument: Sendable {
    /// A file that was taken in.
    package struct File: Sendable {
        /// Its URI without fragment: the base of its references.
        package let address: String
        /// Its content, under the path that findings show.
        package let document: JSONDocument
    }

    /// The files: the document itself first, then those that references reached, in the order in which they were met.
    package let files: [File]

    /// The version that the document says it follows; nil where it says none or one that is unknown.
    package let version: OpenAPIVersion?

    /// What was wrong with the texts of the files: syntax errors, duplicate keys, unreadable files.
    package let problems: [Diagnostic]

    /// Numbers of files by the identity of their documents.
    private let numbers: [ObjectIdentifier: Int]

    /// The references of each file.
    private let references: [ReferenceIndex]

    /// Puts together what loading found.
    init(
        files: [File], version: OpenAPIVersion?, problems: [Diagnostic], references: [ReferenceIndex]
    ) {
        self.files = files
        self.version = version
        self.problems = problems
        self.references = references
        numbers = Dictionary(
            files.enumerated().map { (ObjectIdentifier($0.element.document), $0.offset) }, uniquingKeysWith: { $1 })
    }

    /// The value of the whole document; `null` where its file could not be read at all.
    package var root: JSONValue { files[0].document.root }

    /// The value whose text, or whose name's text, is a range of one of the files, with that range under the path that
    /// findings show; nil where no node is exactly there. The range may come from another loader.
    func located(_ range: SourceRange) -> (value: JSONValue, range: SourceRange)? {
        let path = range.file.path
        guard
            let file = files.first(where: { file in
                file.document.file.path == path || URIReference(file.address).filePath == path
            })
        else { return nil }
        let found = file.document.withView { view in
            (0..<view.count).first { index in
                Int(view[index].lower) == range.lowerBound && Int(view[index].upper) == range.upperBound
            }.map { view[$0].flags.contains(.key) ? $0 + 1 : $0 }
        }
        guard let found else { return nil }
        let own = SourceRange(
            file: file.document.file, lowerBound: range.lowerBound, upperBound: range.upperBound)
        return (JSONValue(document: file.document, index: found), own)
    }

    /// The files as they were read, for loaders that want to read them once more.
    var contents: DocumentFiles {
        let bytes = Dictionary(
            files.compactMap { file in
                URIReference(file.address).filePath.map { ($0, file.document.file.bytes) }
            }, uniquingKeysWith: { first, _ in first })
        return DocumentFiles(
            realPath: { path in
                bytes[path] != nil || bytes.keys.contains { $0.hasPrefix(path + "/") } ? path : nil
            },
            read: { path, limit in
                guard let found = bytes[path] else { return .failure(.missing) }
                return found.count > limit ? .failure(.tooLarge) : .success(found)
            })
    }

    /// Where a reference leads.
    ///
    /// - Parameter reference: The string after a `$ref` of one of the files.
    /// - Returns: Nil for a node that is no such string.
    /// - Complexity: O(log references of the file).
    package func outcome(of reference: JSONValue) -> ReferenceOutcome? {
        guard let number = numbers[ObjectIdentifier(reference.document)] else { return nil }
        return references[number].outcome(at: reference.index)
    }

    /// The node that a reference leads to; nil where it leads nowhere.
    package func target(of reference: JSONValue) -> JSONValue? {
        guard case .target(let target) = outcome(of: reference) else { return nil }
        return target
    }

    /// Follows `$ref`s from an object until one without is reached.
    ///
    /// - Returns: The object itself if it has no `$ref`, the end of the chain if it has, nil where the chain is broken or
    ///   circular.
    package func followed(_ value: JSONValue) -> JSONValue? {
        var current = value
        for _ in 0..<64 {
            guard current.kind == .object, let reference = current["$ref"], reference.kind == .string else {
                return current
            }
            guard let next = target(of: reference) else { return nil }
            current = next
        }
        return nil
    }

    /// The node that a text leads to if it is taken for a reference: `operationRef`, `mapping` of a discriminator.
    ///
    /// - Parameters:
    ///   - text: A URI reference.
    ///   - value: A place in the file that the reference is relative to.
    /// - Returns: Nil where it leads to none of the files, or to nothing in them.
    package func target(ofText text: String, from value: JSONValue) -> JSONValue? {
        guard let number = numbers[ObjectIdentifier(value.document)] else { return nil }
        let absolute = URIReference(text).resolved(against: URIReference(files[number].address))
        let address = absolute.withoutFragment
        guard let file = files.first(where: { $0.address == address }) else { return nil }
        return JSONPointer(fragment: absolute.fragment ?? "").flatMap { file.document.root.value(at: $0) }
    }

    /// The string of every `$ref` in a file, wherever it stands, with where it leads.
    package func references(ofFile number: Int) -> [(node: JSONValue, outcome: ReferenceOutcome)] {
        guard references.indices.contains(number) else { return [] }
        let document = files[number].document
        return references[number].all.map { (JSONValue(document: document, index: $0), $1) }
    }
}

/// What came of a reference.
package enum ReferenceOutcome: Sendable {
    /// It leads to a node.
    case target(JSONValue)
    /// It leads nowhere: why, and what was probably meant.
    case failure(message: String, suggestion: String?)
}

/// The references of one file by the nodes of their strings.
struct ReferenceIndex: Sendable {
    /// Nodes in ascending order.
    private var nodes: [UInt32] = []
    /// Where each leads, as an index of `outcomes`: the same text leads to the same place.
    private var numbers: [UInt32] = []
    /// Different outcomes.
    private var outcomes: [ReferenceOutcome] = []

    /// Adds a reference behind all others.
    mutating func append(_ node: Int, outcome: Int) {
        nodes.append(UInt32(truncatingIfNeeded: node))
        numbers.append(UInt32(truncatingIfNeeded: outcome))
    }

    /// Adds an outcome, and gives its number.
    mutating func add(_ outcome: ReferenceOutcome) -> Int {
        outcomes.append(outcome)
        return outcomes.count - 1
    }

    /// Every reference in order.
    var all: [(Int, ReferenceOutcome)] {
        zip(nodes, numbers).map { (Int($0), outcomes[Int($1)]) }
    }

    /// Where the reference at a node leads.
    func outcome(at node: Int) -> ReferenceOutcome? {
        var low = 0
        var high = nodes.count
        while low < high {
            let middle = (low + high) / 2
            if Int(nodes[middle]) < node { low = middle + 1 } else { high = middle }
        }
        guard low < nodes.count, Int(nodes[low]) == node else { return nil }
        return outcomes[Int(numbers[low])]
    }
}
