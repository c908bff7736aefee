import GatewaySettings
import Glibc
import OpenAPIDocuments

/// The files of one revision of the repository around the current folder, read without checking them out.
///
/// Files are known by where they would lie in the checkout, so that relative references and `spec` lead where they led.
struct GitTree: Sendable {
    /// The revision as it was named.
    let revision: String
    /// The root of the checkout.
    let root: String
    /// The names of the objects of all files, by path from the root.
    private let objects: [String: String]

    /// Reads the list of files.
    ///
    /// - Parameter revision: What `git rev-parse` takes: a branch, a tag, `HEAD~1`, a hash.
    init(_ revision: String) throws(ProgramOutput.Failure) {
        guard !revision.isEmpty, !revision.hasPrefix("-") else {
            throw ProgramOutput.Failure(message: "`\(revision)` is no revision")
        }
        self.revision = revision
        root = Self.line(try ProgramOutput.of(["git", "rev-parse", "--show-toplevel"]))
        let tree = Self.line(
            try ProgramOutput.of(["git", "rev-parse", "--verify", "--quiet", revision + "^{tree}"], or: revision))
        var objects: [String: String] = [:]
        // Lines of `mode SP type SP object TAB path NUL`.
        for entry in try ProgramOutput.of(["git", "ls-tree", "-r", "-z", "--full-tree", tree]).split(separator: 0) {
            let text = String(decoding: entry, as: UTF8.self)
            guard let tab = text.firstIndex(of: "\t") else { continue }
            let fields = text[..<tab].split(separator: " ")
            guard fields.count >= 3, fields[0] != "120000", fields[1] == "blob" else { continue }
            objects[String(text[text.index(after: tab)...])] = String(fields[2])
        }
        self.objects = objects
    }

    /// Where a path of the command line lies: from the root of the repository, as git takes it, else from here.
    func place(_ path: String) -> String? {
        let fromRoot = Self.normalized(path)
        if exists(fromRoot) { return absolute(fromRoot) }
        let current = ReportWriter.currentFolder
        guard current == root || current.hasPrefix(root + "/") else { return nil }
        let fromHere = Self.normalized(current.dropFirst(root.count) + "/" + path)
        return exists(fromHere) ? absolute(fromHere) : nil
    }

    /// Whether a place is a file.
    func contains(_ place: String) -> Bool { relative(place).map { objects[$0] != nil } ?? false }

    /// Whether a place is a folder.
    func isFolder(_ place: String) -> Bool {
        guard let path = relative(place) else { return false }
        return path.isEmpty || objects.keys.contains { $0.hasPrefix(path + "/") }
    }

    /// The places of the files below a folder, sorted.
    func files(below folder: String) -> [String] {
        guard let path = relative(folder) else { return [] }
        return objects.keys.filter { path.isEmpty || $0.hasPrefix(path + "/") }.sorted().map(absolute)
    }

    /// How a place is told: `git:main:specs/orders.yaml`.
    func told(_ place: String) -> String {
        relative(place).map { "git:\(revision):\($0)" } ?? place
    }

    /// The files for loaders of documents.
    var documents: DocumentFiles {
        DocumentFiles(
            realPath: { path in relative(path).flatMap { exists($0) ? absolute($0) : nil } },
            read: { path, limit in
                switch content(path) {
                case .success(let bytes): bytes.count > limit ? .failure(.tooLarge) : .success(bytes)
                case .failure(let failure): .failure(.unreadable(failure.message))
                case nil: .failure(.missing)
                }
            })
    }

    /// The files for the loader of settings.
    var settings: SettingsEnvironment {
        SettingsEnvironment(
            listFolder: { folder in
                guard let path = relative(folder), isFolder(folder) else { return .failure(SettingsFileError(ENOENT)) }
                let inside = objects.keys.filter { path.isEmpty || $0.hasPrefix(path + "/") }
                let names = inside.map { $0.dropFirst(path.isEmpty ? 0 : path.count + 1) }
                return .success(names.filter { !$0.contains("/") }.map(String.init))
            },
            readFile: { path in
                guard case .success(let bytes)? = content(path) else { return .failure(SettingsFileError(ENOENT)) }
                return bytes.count > SettingsEnvironment.maximumFileSize
                    ? .failure(SettingsFileError(EFBIG)) : .success(bytes)
            },
            isReadable: { path in relative(path).map { objects[$0] != nil } ?? false },
            variable: SettingsEnvironment.process.variable, processorCount: 1)
    }

    /// The content of a file; nil where there is none.
    private func content(_ place: String) -> Result<[UInt8], ProgramOutput.Failure>? {
        guard let object = relative(place).flatMap({ objects[$0] }) else { return nil }
        do throws(ProgramOutput.Failure) {
            return .success(try ProgramOutput.of(["git", "cat-file", "blob", object]))
        } catch {
            return .failure(error)
        }
    }

    /// Whether a path from the root is a file or a folder.
    private func exists(_ path: String) -> Bool {
        path.isEmpty || objects[path] != nil || objects.keys.contains { $0.hasPrefix(path + "/") }
    }

    /// A path from the root as a place.
    private func absolute(_ path: String) -> String { path.isEmpty ? root : root + "/" + path }

    /// The path from the root; nil for places outside.
    private func relative(_ place: String) -> String? {
        let path = Self.normalized(place)
        let root = Self.normalized(self.root)
        if path == root { return "" }
        return path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : nil
    }

    /// A path without `.`, `..` and slashes at its ends.
    private static func normalized(_ path: some StringProtocol) -> String {
        var names: [Substring] = []
        for name in String(path).split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        return names.joined(separator: "/")
    }

    /// The first line of an output.
    private static func line(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }
}

extension ProgramOutput {
    /// Runs `git rev-parse`, and says which revision it does not know.
    fileprivate static func of(_ arguments: [String], or revision: String) throws(Failure) -> [UInt8] {
        do throws(Failure) {
            return try of(arguments)
        } catch {
            throw Failure(message: "git knows no revision `\(revision)`")
        }
    }
}
