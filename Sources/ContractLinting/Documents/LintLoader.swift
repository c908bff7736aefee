import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics
import YAMLDocuments

/// Loads a description for the linter: as far as it can be read, with every file that its references reach.
///
/// The rules of `DocumentLoader` hold for where files may lie: inside the roots after every symbolic link is followed,
/// and nothing is ever fetched.
package struct LintLoader: Sendable {
    /// Directories that files may lie in; empty: the directory of the document that is loaded.
    package let roots: [String]
    /// How files are reached.
    package let files: DocumentFiles
    /// How much is taken in.
    package let limits: DocumentLimits

    /// A loader over a file system.
    package init(roots: [String] = [], files: DocumentFiles = .system, limits: DocumentLimits = DocumentLimits()) {
        self.roots = roots
        self.files = files
        self.limits = limits
    }

    /// Loads the document at a path.
    ///
    /// - Parameter path: A path that the file system resolves; findings show it as it is.
    /// - Returns: The document. What could not be read stands in its `problems`.
    package func load(_ path: String) -> LintDocument {
        var loading = LintLoading(loader: self)
        return loading.run(path)
    }

    /// Loads a document that is in memory, such as standard input.
    ///
    /// - Parameters:
    ///   - file: The document with the name that findings show.
    ///   - path: Where it would lie, as the base of its references; nil: its references to other files lead nowhere.
    package func load(_ file: SourceFile, at path: String? = nil) -> LintDocument {
        var loading = LintLoading(loader: self)
        return loading.run(file, at: path)
    }
}

/// One load in progress.
struct LintLoading {
    /// A file taken in.
    struct Entry {
        /// Its URI without fragment.
        let address: String
        /// Its content.
        let document: JSONDocument
        /// What its schemas call themselves.
        let names: SchemaNames
        /// References by the nodes of their strings.
        let references: [Int]
    }

    /// The loader's settings.
    let loader: LintLoader
    /// Files in the order of arrival.
    private(set) var entries: [Entry] = []
    /// What is wrong with the texts.
    private var problems: [Diagnostic] = []
    /// Files by URI; nil for those that failed.
    private var entryByAddress: [String: Int?] = [:]
    /// Files by real path.
    private var entryByPath: [String: Int] = [:]
    /// Why an address failed.
    private var failures: [String: String] = [:]
    /// Real paths of the directories that files may lie in.
    private var roots: [String] = []
    /// The directory of the document: as the user wrote it, and without symbolic links.
    private var home = (written: "", real: "")
    /// Bytes taken in.
    private var totalSize = 0

    /// A load that has not begun.
    init(loader: LintLoader) { self.loader = loader }

    /// Loads from the file system.
    mutating func run(_ path: String) -> LintDocument {
        guard let real = loader.files.realPath(path) else {
            problems.append(Diagnostic(.error, "file-missing", "\(path): no such file"))
            return finish(SourceFile(path: path, bytes: []))
        }
        setHome(written: path, real: real)
        switch loader.files.read(real, loader.limits.fileSize) {
        case .failure(let failure):
            problems.append(Diagnostic(.error, "file-unreadable", Self.words(for: failure, path)))
            return finish(SourceFile(path: path, bytes: []))
        case .success(let bytes):
            let file = SourceFile(path: path, bytes: bytes)
            if let entry = takeIn(file, address: URIReference(filePath: real).text) { entryByPath[real] = entry }
            return finish(file)
        }
    }

    /// Loads from memory.
    mutating func run(_ file: SourceFile, at path: String?) -> LintDocument {
        var address = URIReference(filePath: "/" + file.path).text
        if let path, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")),
            let folder = loader.files.realPath(String(path[..<slash]))
        {
            let real = folder + path[slash...]
            setHome(written: path, real: real)
            address = URIReference(filePath: real).text
        }
        _ = takeIn(file, address: address)
        return finish(file)
    }

    /// Remembers where the document lies.
    private mutating func setHome(written: String, real: String) {
        home = (Self.folder(of: written), Self.folder(of: real))
        roots = loader.roots.isEmpty ? [home.real] : loader.roots.compactMap(loader.files.realPath)
    }

    // MARK: - Files

    /// Parses a file, as far as it goes.
    private mutating func takeIn(_ file: SourceFile, address: String) -> Int? {
        totalSize += file.bytes.count
        let (document, problems) = DocumentParser.parseLeniently(file)
        self.problems += problems
        guard let document else {
            failures[address] = "\(file.path) could not be read"
            entryByAddress.updateValue(nil, forKey: address)
            return nil
        }
        let survey = ReferenceSurvey(document, address: address)
        entries.append(
            Entry(address: address, document: document, names: survey.names, references: survey.references))
        entryByAddress[address] = entries.count - 1
        return entries.count - 1
    }

    /// The file of a URI without fragment, taken in if need be.
    private mutating func entry(for address: String) -> Int? {
        if let known = entryByAddress[address] { return known }
        var found: Int?
        if let path = URIReference(address).filePath {
            if let real = loader.files.realPath(path) {
                found = entryByPath[real] ?? read(real, address: address)
            } else {
                failures[address] = "\(shown(path)): no such file"
            }
        } else {
            failures[address] = "`\(address)` is not a file, and references over the network are not followed"
        }
        entryByAddress.updateValue(found, forKey: address)
        return found
    }

    /// Reads a file that a reference leads to.
    private mutating func read(_ real: String, address: String) -> Int? {
        guard roots.contains(where: { $0 == "/" || real == $0 || real.hasPrefix($0 + "/") }) else {
            failures[address] = "\(real) lies outside the directories that documents may be read from"
            return nil
        }
        guard entries.count < loader.limits.files, totalSize < loader.limits.totalSize else {
            failures[address] = "there are too many files"
            return nil
        }
        switch loader.files.read(real, loader.limits.fileSize) {
        case .failure(let failure):
            failures[address] = Self.words(for: failure, shown(real))
            return nil
        case .success(let bytes):
            let entry = takeIn(SourceFile(path: shown(real), bytes: bytes), address: address)
            if let entry { entryByPath[real] = entry }
            return entry
        }
    }

    /// A path as findings show it: written like that of the document where both lie in one tree.
    private func shown(_ real: String) -> String {
        guard home.written != home.real, real.hasPrefix(home.real + "/") else { return real }
        let rest = real.utf8.dropFirst(home.real.utf8.count + 1)
        return (home.written.isEmpty ? "" : home.written + "/") + (String(rest) ?? real)
    }

    /// A path without its last name and the slash before it.
    private static func folder(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
    }

    /// Why a file was not had.
    private static func words(for failure: DocumentFiles.Failure, _ path: String) -> String {
        switch failure {
        case .missing: "\(path): no such file"
        case .tooLarge: "\(path) is too large"
        case .unreadable(let reason): "\(path): \(reason)"
        }
    }

    // MARK: - References

    /// Resolves the references of every file; files that arrive on the way take their turn.
    private mutating func finish(_ main: SourceFile) -> LintDocument {
        var indexes: [ReferenceIndex] = []
        while indexes.count < entries.count { indexes.append(resolveReferences(of: indexes.count)) }
        // A file that could not be read is still a file with problems.
        let readsMain = entries.first?.document.file === main
        if !readsMain {
            var tape = JSONTape()
            tape.appendNull()
            let empty = JSONDocument(file: main, tape: tape)
            let entry = Entry(address: "", document: empty, names: SchemaNames(), references: [])
            entries.insert(entry, at: 0)
            indexes.insert(ReferenceIndex(), at: 0)
        }
        let root = entries[0].document.root
        let field = root["openapi"] ?? root["swagger"]
        return LintDocument(
            files: entries.map { LintDocument.File(address: $0.address, document: $0.document) },
            version: (field?.string ?? field?.numberLiteral).flatMap { OpenAPIVersion($0) }, problems: problems,
            references: indexes)
    }

    /// Resolves the references of one file, each text once.
    private mutating func resolveReferences(of number: Int) -> ReferenceIndex {
        /// A text and what it is relative to.
        struct Key: Hashable {
            /// The base.
            let base: String
            /// The text.
            let text: String
        }
        var index = ReferenceIndex()
        var known: [Key: Int] = [:]
        let entry = entries[number]
        for node in entry.references {
            let reference = JSONValue(document: entry.document, index: node)
            let key = Key(base: entry.names.base(of: node) ?? entry.address, text: reference.string ?? "")
            if let outcome = known[key] {
                index.append(node, outcome: outcome)
                continue
            }
            let outcome = index.add(resolve(key.text, base: key.base))
            known[key] = outcome
            index.append(node, outcome: outcome)
        }
        return index
    }

    /// Resolves a reference.
    private mutating func resolve(_ text: String, base: String) -> ReferenceOutcome {
        let absolute = URIReference(text).resolved(against: URIReference(base))
        let address = absolute.withoutFragment
        if let named = entries.lazy.compactMap({ $0.names.schemas[address] }).first {
            return node(for: absolute.fragment, below: named, text)
        }
        guard let number = entry(for: address) else {
            return .failure(message: failures[address] ?? "`\(text)` leads nowhere", suggestion: nil)
        }
        return node(for: absolute.fragment, below: entries[number].document.root, text)
    }

    /// The node that a fragment names.
    private func node(for fragment: String?, below root: JSONValue, _ text: String) -> ReferenceOutcome {
        guard let fragment, !fragment.isEmpty else { return .target(root) }
        guard fragment.utf8.first == UInt8(ascii: "/") else {
            let names = entries.first { $0.document === root.document }?.names.anchors ?? [:]
            if let anchor = names[fragment] { return .target(anchor) }
            let near = NearestName.among(names.keys.sorted(), to: fragment)
            return .failure(
                message: "`\(text)` leads nowhere: no anchor `\(fragment)`",
                suggestion: near.map { "did you mean `#\($0)`?" })
        }
        guard let pointer = JSONPointer(fragment: fragment) else {
            return .failure(message: "`\(text)` holds no JSON Pointer", suggestion: nil)
        }
        if let found = root.value(at: pointer) { return .target(found) }
        return unresolved(pointer, below: root, text)
    }

    /// Says where on its way a pointer ends, and what comes nearest there.
    private func unresolved(_ pointer: JSONPointer, below root: JSONValue, _ text: String) -> ReferenceOutcome {
        var current = root
        var walked = ""
        for token in pointer.tokens {
            if let next = current.value(at: JSONPointer(tokens: [token])) {
                current = next
                walked += "/" + JSONPointer.escaped(token)
                continue
            }
            let near = NearestName.among(current.members.map(\.name), to: token)
            let place = walked.isEmpty ? "the document" : "`\(walked)`"
            let file = String(text.prefix { $0 != "#" })
            return .failure(
                message: "`\(text)` leads nowhere: \(place) has no `\(token)`",
                suggestion: near.map { "did you mean `\(file)#\(walked)/\(JSONPointer.escaped($0))`?" })
        }
        return .failure(message: "`\(text)` leads nowhere", suggestion: nil)
    }
}
