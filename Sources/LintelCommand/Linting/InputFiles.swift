import Glibc
import SourceDiagnostics

/// The files that a command line names: files, folders and patterns, in a stable order, each once.
struct InputFiles {
    /// Why the work cannot begin.
    struct Failure: Error {
        /// The sentence for the terminal.
        let message: String
    }

    /// A file to look at.
    struct Input: Equatable {
        /// The path, as the user would write it.
        let path: String
        /// Whether it was found in a folder rather than named: then only OpenAPI documents count, other files are nobody's
        /// mistake.
        let isFound: Bool
    }

    /// The files.
    private(set) var inputs: [Input] = []
    /// Patterns that no file fits.
    private(set) var unmatched: [String] = []
    /// Paths that are in the list.
    private var known: Set<String> = []

    /// Finds the files.
    ///
    /// - Parameter arguments: Paths and patterns. A path that exists is taken as it is, also with `*` in its name.
    init(_ arguments: [String]) throws(Failure) {
        for argument in arguments {
            if CommandInput.isFolder(argument) {
                let folder = argument == "/" ? argument : String(argument.trimmingSuffix("/"))
                let found = Self.files(in: folder, where: Self.isDocumentName, entering: { _ in true })
                for path in found { add(Input(path: path, isFound: true)) }
                if found.isEmpty { unmatched.append(argument) }
            } else if access(argument, F_OK) == 0 || !PathGlob.isPattern(argument) {
                add(Input(path: argument, isFound: false))
            } else {
                try add(pattern: argument)
            }
        }
    }

    /// Adds the files that a pattern means.
    private mutating func add(pattern: String) throws(Failure) {
        let glob: PathGlob
        do throws(PathGlob.Problem) {
            glob = try PathGlob(pattern)
        } catch {
            throw Failure(message: "\(pattern): \(error.message)")
        }
        let found = Self.files(in: glob.fixedFolder, where: glob.matches, entering: glob.canMatch)
        for path in found { add(Input(path: path, isFound: false)) }
        if found.isEmpty { unmatched.append(pattern) }
    }

    /// Adds a file that is not in the list yet.
    private mutating func add(_ input: Input) {
        if known.insert(input.path).inserted { inputs.append(input) }
    }

    /// Whether a file's name is that of a document.
    private static func isDocumentName(_ path: String) -> Bool {
        [".yaml", ".yml", ".json"].contains { path.lowercased().hasSuffix($0) }
    }

    /// The files below a folder, by name; hidden folders and links to folders are not entered.
    private static func files(
        in folder: String, where isMeant: (String) -> Bool, entering enters: (String) -> Bool
    ) -> [String] {
        var found: [String] = []
        var folders = [folder]
        while let folder = folders.popLast() {
            var inner: [String] = []
            for entry in entries(of: folder) {
                let path = folder.isEmpty ? entry.name : folder == "/" ? "/" + entry.name : folder + "/" + entry.name
                if !entry.isFolder {
                    if isMeant(path) { found.append(path) }
                } else if !entry.name.hasPrefix("."), enters(path) {
                    inner.append(path)
                }
            }
            folders += inner
        }
        return found.sorted()
    }

    /// The entries of a folder; none where it cannot be read.
    private static func entries(of folder: String) -> [(name: String, isFolder: Bool)] {
        guard let stream = opendir(folder.isEmpty ? "." : folder) else { return [] }
        defer { closedir(stream) }
        var entries: [(name: String, isFolder: Bool)] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            let path = (folder.isEmpty ? "" : folder + "/") + name
            guard lstat(path, &status) == 0 else { continue }
            let isLink = status.st_mode & S_IFMT == S_IFLNK
            if isLink, stat(path, &status) != 0 { continue }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            if isLink, isFolder { continue }
            guard isFolder || status.st_mode & S_IFMT == S_IFREG else { continue }
            entries.append((name, isFolder))
        }
        return entries
    }
}

extension String {
    /// The text without a character at its end, however often it stands there.
    fileprivate func trimmingSuffix(_ character: Character) -> Substring {
        var rest = self[...]
        while rest.last == character { rest.removeLast() }
        return rest
    }
}
