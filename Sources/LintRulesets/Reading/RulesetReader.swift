import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics
import YAMLDocuments

/// Reads a ruleset with the files that it extends: each once, within bounds, never over the network.
struct RulesetReader {
    /// What a ruleset builds on.
    enum Base: Sendable {
        /// Rules that are built in, with those that are on.
        case builtIn(BuiltInRuleset, RulesetDefinition.Extension.Choice)
        /// Another file, by its real path.
        case file(String, RulesetDefinition.Extension.Choice)
    }

    /// One file, understood as far as it stands by itself.
    struct Node: Sendable {
        /// Its content.
        let definition: RulesetDefinition
        /// What it builds on, in order; of its overrides, by their number.
        let bases: [Base]
        /// What its overrides build on.
        let overrideBases: [[Base]]
    }

    /// The most files of one ruleset.
    private static let maximumFiles = 64
    /// The most bytes of a file.
    private static let maximumSize = 4 << 20

    /// How files are reached.
    private let files: DocumentFiles
    /// The files by real path.
    private(set) var nodes: [String: Node] = [:]
    /// What is wrong.
    private(set) var problems: [Diagnostic] = []

    /// A reader that has read nothing.
    init(files: DocumentFiles) { self.files = files }

    /// Reads a file and all that it extends.
    ///
    /// - Returns: The real path of the file; nil where it could not be read at all.
    mutating func read(_ path: String) -> String? {
        guard let real = files.realPath(path) else {
            problems.append(Diagnostic(.error, "ruleset", "\(path): no such file"))
            return nil
        }
        take(real, shown: path, place: nil)
        return nodes[real] == nil ? nil : real
    }

    /// Takes in a file, and then those that it extends.
    private mutating func take(_ real: String, shown: String, place: JSONValue?) {
        guard nodes[real] == nil else { return }
        if [".js", ".mjs", ".cjs", ".ts"].contains(where: shown.hasSuffix) {
            return refuse("\(shown): rulesets in JavaScript are not run: write it as YAML or JSON", place)
        }
        guard nodes.count < Self.maximumFiles else {
            return refuse("the ruleset has more than \(Self.maximumFiles) files", place)
        }
        guard case .success(let bytes) = files.read(real, Self.maximumSize) else {
            return refuse("\(shown): the file cannot be read", place)
        }
        guard let root = parse(SourceFile(path: shown, bytes: bytes)) else { return }
        let definition = RulesetDefinition(root, &problems)
        var waiting: [(real: String, shown: String, place: JSONValue)] = []
        let bases = bases(of: definition, shown, &waiting)
        let overrideBases = definition.overrides.map { self.bases(of: $0.change, shown, &waiting) }
        nodes[real] = Node(definition: definition, bases: bases, overrideBases: overrideBases)
        for next in waiting { take(next.real, shown: next.shown, place: next.place) }
    }

    /// Reads the text. Rulesets in files named `.json` are often YAML with braces: a comma too many is forgiven.
    private mutating func parse(_ file: SourceFile) -> JSONValue? {
        switch DocumentParser.parse(file) {
        case .success(let document): return document.root
        case .failure(let rejection):
            if DocumentParser.isJSON(file), let document = try? YAMLParser.parse(file) { return document.root }
            problems += rejection.diagnostics
            return nil
        }
    }

    /// What a file builds on.
    private mutating func bases(
        of definition: RulesetDefinition, _ shown: String,
        _ waiting: inout [(real: String, shown: String, place: JSONValue)]
    ) -> [Base] {
        var found: [Base] = []
        for entry in definition.extensions {
            if let known = BuiltInRuleset(rawValue: entry.name) {
                found.append(.builtIn(known, entry.choice))
                continue
            }
            if let foreign = Self.foreign(entry.name) {
                refuse("`\(entry.name)` \(foreign)", entry.place)
                continue
            }
            let path = Self.path(entry.name, from: shown)
            guard let real = files.realPath(path) else {
                let names = BuiltInRuleset.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                refuse("\(path): no such file; rulesets that are built in: \(names)", entry.place)
                continue
            }
            found.append(.file(real, entry.choice))
            waiting.append((real, path, entry.place))
        }
        return found
    }

    /// Why something that Spectral would fetch is not used; nil for paths.
    private static func foreign(_ name: String) -> String? {
        if name.contains("://") { return "is not a file, and nothing is fetched over the network: keep a copy" }
        if name.hasPrefix("@") {
            return "is a package of JavaScript, which is not run: extend `spectral:oas`, or a copy"
        }
        return nil
    }

    /// Where a name leads, as seen from a file.
    private static func path(_ name: String, from file: String) -> String {
        guard !name.hasPrefix("/") else { return name }
        var name = Substring(name)
        var folder = file.lastIndex(of: "/").map { file[..<$0] } ?? ""
        while true {
            if name.hasPrefix("./") {
                name = name.dropFirst(2)
            } else if name.hasPrefix("../"), let slash = folder.lastIndex(of: "/"), folder[slash...] != "/.." {
                name = name.dropFirst(3)
                folder = folder[..<slash]
            } else {
                return file.contains("/") ? "\(folder)/\(name)" : String(name)
            }
        }
    }

    /// Remembers a mistake.
    private mutating func refuse(_ message: String, _ place: JSONValue?) {
        problems.append(Diagnostic(.error, "ruleset", message, at: place?.range))
    }
}
