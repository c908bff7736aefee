import ContractLinting
import GatewaySettings
import OpenAPIDocuments
import SourceDiagnostics

/// One side of a comparison, as the command line names it: a file, a folder, or either in a revision of the repository.
///
///     specs/orders.yaml
///     git:main:specs
struct ComparedSource {
    /// Why the comparison cannot begin.
    struct Failure: Error {
        /// The sentence for the terminal.
        let message: String
    }

    /// What the path is.
    enum Kind: Equatable {
        /// An OpenAPI document.
        case document
        /// A folder with documents in it.
        case documents
        /// A folder with the gateway's settings.
        case settings
    }

    /// The path for loaders.
    let place: String
    /// The revision's files; nil for those of the disk.
    let tree: GitTree?
    /// What is there.
    let kind: Kind
    /// Folders that references may lead into.
    private let roots: [String]

    /// Finds a side.
    ///
    /// - Parameters:
    ///   - argument: As on the command line.
    ///   - roots: Folders that references may lead into; none: that of the document.
    init(_ argument: String, roots: [String] = []) throws(Failure) {
        guard argument.hasPrefix("git:") else {
            try self.init(place: argument, tree: nil, roots: roots)
            return
        }
        let parts = argument.dropFirst(4).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw Failure(message: "`\(argument)` is not of the form git:REVISION:PATH")
        }
        let tree = try Self.tree(String(parts[0]))
        guard let place = tree.place(String(parts[1])) else {
            throw Failure(message: "\(argument): no such file in the revision")
        }
        try self.init(place: place, tree: tree, roots: roots.compactMap(tree.place))
    }

    /// Looks at what lies at a place.
    init(place: String, tree: GitTree?, roots: [String]) throws(Failure) {
        self.place = place
        self.tree = tree
        self.roots = roots
        guard tree?.isFolder(place) ?? CommandInput.isFolder(place) else {
            kind = .document
            return
        }
        let loaded = Self.isSettings(place, tree)
        kind = loaded ? .settings : .documents
    }

    /// The revision's files.
    static func tree(_ revision: String) throws(Failure) -> GitTree {
        do throws(ProgramOutput.Failure) {
            return try GitTree(revision)
        } catch {
            throw Failure(message: error.message)
        }
    }

    /// Loads documents.
    var loader: LintLoader { LintLoader(roots: roots, files: tree?.documents ?? .system) }

    /// Reads settings.
    var settingsLoader: SettingsLoader { SettingsLoader(environment: tree?.settings ?? .process) }

    /// The documents below the folder: path in the folder to place.
    var documents: [(name: String, place: String)] {
        get throws(Failure) {
            let places: [String]
            if let tree {
                places = tree.files(below: place).filter(Self.isDocumentName)
            } else {
                do throws(InputFiles.Failure) {
                    places = try InputFiles([place]).inputs.map(\.path)
                } catch {
                    throw Failure(message: error.message)
                }
            }
            let folder = place.hasSuffix("/") ? place : place + "/"
            return places.map { (String($0.dropFirst($0.hasPrefix(folder) ? folder.count : 0)), $0) }
        }
    }

    /// Loads a document.
    ///
    /// - Throws: Where the file could not be read at all or is broken: nothing can be compared then.
    func load(_ path: String) throws(Failure) -> LintDocument {
        let document = loader.load(path)
        if let problem = document.problems.first(where: { $0.severity == .error }) {
            let place = problem.range.map { told($0).description + ": " } ?? ""
            throw Failure(message: place + problem.message)
        }
        guard document.root["openapi"] != nil || document.root["swagger"] != nil else {
            throw Failure(message: "\(tree?.told(path) ?? path): this is no OpenAPI document")
        }
        return document
    }

    /// A place in one of the files, under the name that people know it by.
    func told(_ range: SourceRange) -> SourceRange {
        guard let tree else { return range }
        let file = SourceFile(path: tree.told(range.file.path), bytes: range.file.bytes)
        return SourceRange(file: file, lowerBound: range.lowerBound, upperBound: range.upperBound)
    }

    /// Whether a folder holds settings: a file in it has one of their maps and is no document.
    private static func isSettings(_ folder: String, _ tree: GitTree?) -> Bool {
        let environment = tree?.settings ?? .process
        guard case .success(let names) = environment.listFolder(folder) else { return false }
        let loader = LintLoader(files: tree?.documents ?? .system)
        return names.filter(isDocumentName).contains { name in
            let root = loader.load(folder.hasSuffix("/") ? folder + name : folder + "/" + name).root
            guard root["openapi"] == nil, root["swagger"] == nil else { return false }
            return ["gateway", "apis", "upstreams"].contains { root[$0]?.kind == .object }
        }
    }

    /// Whether a file's name is that of a document.
    private static func isDocumentName(_ path: String) -> Bool {
        [".yaml", ".yml", ".json"].contains { path.lowercased().hasSuffix($0) }
    }
}
