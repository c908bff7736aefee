import Foundation

/// The files of the checkout, read as text.
enum SourceTree {
    /// A Swift file.
    struct File: Sendable, CustomStringConvertible {
        /// The path from the top of the checkout.
        let path: String

        /// The lines, without line breaks.
        let lines: [String]

        /// The module: the folder below Sources or Tests.
        var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

        /// The name without folder.
        var name: String { path.split(separator: "/").last.map(String.init) ?? path }

        /// The modules that the file imports.
        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(whereSeparator: { $0 == " " || $0 == "." }).map(String.init)
                guard let keyword = words.firstIndex(of: "import"), words.count > keyword + 1,
                    words[..<keyword].allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains($0) })
                else { return nil }
                let kinds = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
                let name = kinds.contains(words[keyword + 1]) ? words.dropFirst(keyword + 2).first : words[keyword + 1]
                return name
            }
        }

        /// The code of each line: without comments, and with empty string literals.
        var code: [String] { lines.map { Self.parts(of: $0).code } }

        /// The comment of each line, empty where there is none.
        var comments: [String] { lines.map { Self.parts(of: $0).comment } }

        var description: String { path }

        /// Words that may stand before `import`.
        private static let accessLevels = ["public", "package", "internal", "fileprivate", "private"]

        /// Divides a line into its code, without the content of strings, and its comment. Strings over several lines are
        /// not understood; a file that needs one of the forbidden words in such a string writes it in another way.
        private static func parts(of line: String) -> (code: String, comment: String) {
            var code = ""
            var isInString = false
            var isEscaped = false
            var rest = line[...]
            while let character = rest.popFirst() {
                if isInString {
                    if isEscaped {
                        isEscaped = false
                    } else if character == "\\" {
                        isEscaped = true
                    } else if character == "\"" {
                        isInString = false
                        code.append(character)
                    }
                    continue
                }
                if character == "/", rest.first == "/" { return (code, String(rest)) }
                if character == "\"" { isInString = true }
                code.append(character)
            }
            return (code, "")
        }
    }

    /// The top of the checkout.
    static let root: URL = {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path() != "/",
            !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path())
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    /// All Swift files of ours below Sources.
    static let sources = swiftFiles(below: "Sources")

    /// All Swift files of ours below Tests.
    static let tests = swiftFiles(below: "Tests")

    /// The folders of Sources, by name.
    static var sourceFolders: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path())) ?? []
        return names.filter { !$0.contains(".") }.sorted()
    }

    /// The text of a file, nil if there is none.
    static func text(_ path: String) -> String? {
        try? String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Reads the Swift files below a folder.
    private static func swiftFiles(below folder: String) -> [File] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path())) ?? []
        return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            guard let text = text("\(folder)/\(path)") else { return nil }
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            if lines.last == "" { lines.removeLast() }
            return File(path: "\(folder)/\(path)", lines: lines)
        }
    }
}
