import JSONDocuments
import SourceDiagnostics
import YAMLDocuments

/// Loads an API description: the document, every file that its references reach, and all that is wrong with them.
///
/// References lead to files only, and only to files that lie, after every symbolic link is followed, inside one of the
/// roots. Nothing is ever fetched. Cycles are fine, because references are resolved, never expanded. All mistakes of
/// all files come back at once, each with its range.
package struct DocumentLoader: Sendable {
    /// Directories that documents may lie in; empty: the directory of the document that is loaded.
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
    /// - Parameter path: An absolute path, or one that the file system resolves by itself.
    /// - Returns: The document unless it could not be read at all, and every diagnostic in the order of the files. A
    ///   document with errors is returned too, for tools that show it; do not serve it.
    package func load(_ path: String) -> (document: OpenAPIDocument?, diagnostics: [Diagnostic]) {
        var loading = DocumentLoading(loader: self)
        let document = loading.run(path)
        return (document, Diagnostic.sorted(loading.diagnostics))
    }
}

/// One load in progress.
struct DocumentLoading {
    /// A file taken in.
    struct Entry {
        /// Its URI without fragment, by which it was first reached.
        let address: String
        /// Its content.
        let document: JSONDocument
        /// Nodes already walked, by kind.
        var visited: [UInt8]
    }

    /// An object still to be walked.
    struct Task {
        /// The file.
        let entry: Int
        /// The node.
        let index: Int
        /// What it is.
        let kind: ObjectKind
    }

    /// A mistake by its kind and place.
    private struct ReportKey: Hashable {
        /// The code.
        let code: String
        /// The place.
        let range: SourceRange
    }

    /// The loader's settings.
    let loader: DocumentLoader
    /// Everything wrong so far.
    var diagnostics: [Diagnostic] = []
    /// Places and kinds of mistakes that were reported.
    private var reported: Set<ReportKey> = []
    /// Files in the order of arrival.
    var entries: [Entry] = []
    /// Entry by URI; nil for a URI that failed, so that it is reported once per reference but tried once.
    var entryByAddress: [String: Int?] = [:]
    /// Entry by real path.
    var entryByPath: [String: Int] = [:]
    /// Entry by document identity.
    var entryByDocument: [ObjectIdentifier: Int] = [:]
    /// Why an address failed.
    var failures: [String: (code: String, message: String)] = [:]
    /// Objects to walk.
    var tasks: [Task] = []
    /// References whose target may be an `$id` not seen yet.
    var postponed: [FoundReference] = []
    /// References by file and text, resolved.
    var targets: [ReferenceKey: JSONValue] = [:]
    /// `$id`s of schemas in all files.
    var identifiers: Set<String> = []
    /// Anchors of all files.
    var anchors: Set<String> = []
    /// The version of the entry document; the files it refers to are read by it.
    var version = OpenAPIVersion.version31
    /// Bytes taken in.
    var totalSize = 0

    /// A load that has not begun.
    init(loader: DocumentLoader) { self.loader = loader }

    /// The whole load.
    mutating func run(_ path: String) -> OpenAPIDocument? {
        guard let real = loader.files.realPath(path) else {
            report(Diagnostic(.error, "file-missing", "\(path): no such file"))
            return nil
        }
        let roots = resolvedRoots(real)
        guard let main = takeIn(real, address: URIReference(filePath: real).text, roots: roots, at: nil) else {
            return nil
        }
        let root = entries[main].document.root
        guard root.kind == .object else {
            report(Diagnostic(.error, "wrong-type", "an OpenAPI document must be an object", at: root.range))
            return nil
        }
        guard readVersion(root) else { return nil }
        tasks.append(Task(entry: main, index: root.index, kind: .document))
        while !tasks.isEmpty || !postponed.isEmpty {
            walkTasks()
            resolvePostponed(roots)
        }
        return finish(root, main)
    }

    /// The roots after symbolic links; by default the directory of the document.
    private func resolvedRoots(_ path: String) -> [String] {
        guard loader.roots.isEmpty else { return loader.roots.compactMap(loader.files.realPath) }
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
        return [String(path[..<slash])]
    }

    /// `openapi` or `swagger`.
    private mutating func readVersion(_ root: JSONValue) -> Bool {
        guard let field = root["openapi"] ?? root["swagger"] else {
            report(
                Diagnostic(
                    .error, "missing-field", "neither `openapi` nor `swagger`: this is no OpenAPI document",
                    at: root.range))
            return false
        }
        let text = field.string ?? field.numberLiteral ?? ""
        guard let version = OpenAPIVersion(text) else {
            report(
                Diagnostic(
                    .error, "openapi-version", "version `\(text)` is not known: expected 2.0, 3.0, 3.1 or 3.2",
                    at: field.range))
            return false
        }
        if field.string == nil {
            report(
                Diagnostic(
                    .warning, "openapi-version", "the version must be a string: write \"\(text)\"", at: field.range))
        }
        self.version = version
        return true
    }

    // MARK: - Files

    /// Reads and parses a file, once.
    mutating func takeIn(_ path: String, address: String, roots: [String], at range: SourceRange?) -> Int? {
        if let known = entryByPath[path] { return known }
        guard roots.contains(where: { $0 == "/" || path == $0 || path.hasPrefix($0 + "/") }) else {
            return fail(
                address, "file-outside-roots", "\(path) lies outside the directories that documents may be read from",
                range)
        }
        guard entries.count < loader.limits.files else {
            return fail(address, "too-many-files", "more than \(loader.limits.files) files", range)
        }
        switch loader.files.read(path, loader.limits.fileSize) {
        case .failure(.missing): return fail(address, "file-missing", "\(path): no such file", range)
        case .failure(.tooLarge):
            return fail(address, "file-too-large", "\(path) has more than \(loader.limits.fileSize) bytes", range)
        case .failure(.unreadable(let reason)): return fail(address, "file-unreadable", "\(path): \(reason)", range)
        case .success(let bytes):
            totalSize += bytes.count
            guard totalSize <= loader.limits.totalSize else {
                return fail(
                    address, "file-too-large", "the files have more than \(loader.limits.totalSize) bytes together",
                    range)
            }
            return parse(SourceFile(path: path, bytes: bytes), address: address)
        }
    }

    /// Parses a file that was read.
    private mutating func parse(_ file: SourceFile, address: String) -> Int? {
        switch DocumentParser.parse(file) {
        case .failure(let problems):
            problems.diagnostics.forEach { report($0) }
            failures[address] = ("unreadable-document", "\(file.path) could not be parsed")
            return nil
        case .success(let document):
            let index = entries.count
            entries.append(
                Entry(address: address, document: document, visited: [UInt8](repeating: 0, count: document.nodeCount)))
            entryByPath[file.path] = index
            entryByAddress[address] = index
            entryByDocument[ObjectIdentifier(document)] = index
            return index
        }
    }

    /// Remembers why an address failed; reports it where nothing refers to it yet.
    private mutating func fail(_ address: String, _ code: String, _ message: String, _ range: SourceRange?) -> Int? {
        failures[address] = (code, message)
        if range == nil { report(Diagnostic(.error, code, message)) }
        return nil
    }

    /// The entry of a URI without fragment, taken in if need be.
    mutating func entry(for address: String, roots: [String], at range: SourceRange) -> Int? {
        if let known = entryByAddress[address] { return known }
        var found: Int?
        if let path = URIReference(address).filePath {
            if let real = loader.files.realPath(path) {
                found = takeIn(real, address: address, roots: roots, at: range)
            } else {
                failures[address] = ("file-missing", "\(path): no such file")
            }
        } else {
            failures[address] = (
                "remote-reference", "`\(address)` is not a file: references over the network are not followed"
            )
        }
        entryByAddress.updateValue(found, forKey: address)
        return found
    }

    // MARK: - Walking

    /// Walks every waiting object and resolves what it refers to.
    private mutating func walkTasks() {
        while let task = tasks.popLast() {
            let document = entries[task.entry].document
            let address = entries[task.entry].address
            // Taken out, not copied: the table is as large as the document.
            let visited = takeVisited(task.entry)
            var found: [FoundReference] = []
            document.withView { view in
                var walker = StructureWalker(document, view: view, address: address, version: version, visited: visited)
                walker.visitObject(task.index, task.kind, field: task.kind.title, structural: true)
                found = walker.references
                identifiers.formUnion(walker.identifiers)
                anchors.formUnion(walker.anchors)
                entries[task.entry].visited = walker.visited
                walker.diagnostics.forEach { report($0) }
            }
            postponed.append(contentsOf: found)
        }
    }

    /// Moves the table of visited nodes out of an entry.
    private mutating func takeVisited(_ entry: Int) -> [UInt8] {
        var visited: [UInt8] = []
        swap(&visited, &entries[entry].visited)
        return visited
    }

    /// Resolves references found by walking; their targets become tasks.
    private mutating func resolvePostponed(_ roots: [String]) {
        let batch = postponed
        postponed = []
        for reference in batch { resolve(reference, roots) }
    }

    /// Adds a diagnostic up to the limit; one at a place and of a kind that was reported is not repeated.
    mutating func report(_ diagnostic: Diagnostic) {
        guard diagnostics.count < loader.limits.diagnostics else { return }
        if let range = diagnostic.range, !reported.insert(ReportKey(code: diagnostic.code, range: range)).inserted {
            return
        }
        diagnostics.append(diagnostic)
    }

    /// Builds the document and checks what needs all of it.
    private mutating func finish(_ root: JSONValue, _ main: Int) -> OpenAPIDocument {
        var files: [OpenAPIDocument.File] = []
        for (address, index) in entryByAddress {
            if let index { files.append(OpenAPIDocument.File(uri: address, document: entries[index].document)) }
        }
        files.sort { $0.uri < $1.uri }
        var model = ModelBuilder(
            version: version, root: root, references: ReferenceTable(targets: targets), limit: loader.limits.diagnostics
        )
        let document = model.build(uri: entries[main].address, files: files)
        model.diagnostics.forEach { report($0) }
        return document
    }
}
