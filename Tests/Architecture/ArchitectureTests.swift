import Foundation
import Testing

@Suite("The floors and the habits of the code")
struct ArchitectureTests {
    /// How many places may rely on a promise that the compiler does not check. It only falls.
    private static let uncheckedCeiling = 12

    @Test("there are sources to look at")
    func presence() {
        #expect(SourceTree.sources.count > 50)
        #expect(SourceTree.tests.count > 20)
    }

    @Test("every folder of Sources is a module of the floor plan, a target, and described in Sources/README.md")
    func folders() throws {
        let readme = try #require(SourceTree.text("Sources/README.md"), "Sources/README.md is the layout page")
        let manifest = try #require(SourceTree.text("Package.swift"))
        for folder in SourceTree.sourceFolders {
            #expect(FloorPlan.floor(of: folder) != nil, "\(folder) stands on no floor")
            #expect(readme.contains("`\(folder)`"), "\(folder) is not described in Sources/README.md")
            #expect(manifest.contains("\"\(folder)\""), "\(folder) is no target of Package.swift")
        }
    }

    @Test("a module imports lower floors, and of its own floor what stands before it")
    func floors() {
        var found: [String] = []
        for file in SourceTree.sources {
            guard let own = FloorPlan.place(of: file.module) else { continue }
            for imported in file.imports {
                guard let other = FloorPlan.place(of: imported), other >= own else { continue }
                found.append("\(file) imports \(imported)")
            }
        }
        #expect(found == [])
    }

    @Test("nothing is imported that a rule forbids", arguments: FloorPlan.never)
    func never(rule: FloorPlan.Rule) {
        let found = SourceTree.sources.flatMap { file in
            file.imports.filter { rule.forbids(file.module, $0) }.map { "\(file) imports \($0)" }
        }
        #expect(found == [])
    }

    @Test("only the pipeline joins contracts and transport")
    func joint() {
        let contracts = ["MessageContracts", "OpenAPIDocuments", "SchemaEvaluation", "SchemaCompilation"]
        let transport = ["HTTPServing", "UpstreamCalls"]
        let found = SourceTree.sourceFolders.filter { module in
            let imports = Set(SourceTree.sources.filter { $0.module == module }.flatMap(\.imports))
            return !imports.isDisjoint(with: contracts) && !imports.isDisjoint(with: transport)
        }
        #expect(found.filter { !["GatewayPipeline", "LintelCommand"].contains($0) } == [])
    }

    @Test("only Operations reads the environment and the wall clock")
    func surroundings() {
        let lower = SourceTree.sources.filter { (FloorPlan.floor(of: $0.module) ?? .system) < .operations }
        #expect(
            Self.places(in: lower) { line in
                FloorPlan.calls.contains { call in
                    // `HTTPDate()` is not `Date()`.
                    line.components(separatedBy: call).dropLast().contains { !($0.last?.isLetter ?? false) }
                }
            } == [])
    }

    @Test("every promise that the compiler does not check states its invariant, and there are few of them")
    func unchecked() {
        var promises: [String] = []
        var unexplained: [String] = []
        for file in SourceTree.sources {
            for (index, line) in file.code.enumerated() where Self.makesPromise(line) {
                promises.append("\(file):\(index + 1)")
                if !Self.isExplained(index, in: file.lines) { unexplained.append("\(file):\(index + 1): \(line)") }
            }
        }
        #expect(unexplained == [], "each needs a `// SAFETY:` comment")
        #expect(promises.count <= Self.uncheckedCeiling, "the count only falls: \(promises)")
    }

    @Test("nothing in Sources stops the process on purpose")
    func traps() {
        let forbidden = ["try!", "as!", "fatalError("]
        #expect(Self.places(in: SourceTree.sources) { line in forbidden.contains { line.contains($0) } } == [])
    }

    @Test("nothing is public: this is an application")
    func accessLevels() {
        let found = Self.places(in: SourceTree.sources) { line in
            let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            return words.first == "public"
                || words.first == "open" && ["class", "func", "var"].contains(words.dropFirst().first)
        }
        #expect(found == [])
    }

    @Test("files are short, and their names say what is inside")
    func files() {
        let vague = ["Utils", "Utilities", "Helper", "Common", "Extensions", "Manager", "Misc"]
        let files = SourceTree.sources + SourceTree.tests
        #expect(files.filter { $0.lines.count > 600 }.map(\.path) == [], "a file past 600 lines is two files")
        #expect(files.filter { file in vague.contains { file.name.contains($0) } }.map(\.path) == [])
    }

    @Test("nothing is left for later")
    func leftovers() {
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        var found: [String] = []
        for file in SourceTree.sources + SourceTree.tests {
            for (index, line) in file.comments.enumerated() {
                let words = line.split { !$0.isLetter && $0 != "-" }
                if marks.contains(where: { words.contains(Substring($0)) }) { found.append("\(file):\(index + 1)") }
            }
        }
        #expect(found == [])
    }

    /// The places of files whose code, without comments and the content of strings, is as asked.
    private static func places(in files: [SourceTree.File], where isMeant: (String) -> Bool) -> [String] {
        files.flatMap { file in
            file.code.enumerated().filter { isMeant($0.element) }.map { "\(file):\($0.offset + 1): \($0.element)" }
        }
    }

    /// Whether a line of code makes a promise that the compiler does not check.
    private static func makesPromise(_ line: String) -> Bool {
        guard !line.contains("@unchecked Sendable") else { return true }
        // `unsafe` as a word: the marker of an expression, and in `nonisolated(unsafe)` and `unowned(unsafe)`.
        return line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains("unsafe")
    }

    /// Whether a `// SAFETY:` comment stands on the line or in the comment above it; attributes may lie between.
    private static func isExplained(_ index: Int, in lines: [String]) -> Bool {
        if lines[index].contains("// SAFETY:") { return true }
        for line in lines[..<index].reversed() {
            let text = line.drop { $0 == " " }
            if text.contains("// SAFETY:") { return true }
            guard text.hasPrefix("//") || text.hasPrefix("@") else { return false }
        }
        return false
    }
}
