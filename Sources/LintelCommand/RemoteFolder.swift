import Glibc
import JSONDocuments
import SchemaCompilation
import SourceDiagnostics
import YAMLDocuments

/// A folder whose files stand for documents under a URI: what `--remotes URI=DIR` registers. Nothing is ever fetched.
///
/// A file `DIR/a/b.json` is known as `URI/a/b.json`. Its language is what its `$schema` says, else that of the folder
/// on its way that is named like a dialect (`draft7`, `draft2019-09`), else that of the schema that is validated with:
/// a folder with the remote documents of several drafts can be given as a whole.
package struct RemoteFolder: Sendable, Equatable {
    /// The URI prefix, without a slash at its end.
    package let uri: String
    /// The folder.
    package let path: String

    /// Most files of one folder, and most folders inside one another.
    private static let limits = (files: 20_000, depth: 32)

    /// Reads `URI=DIR`. Both may hold an equals sign: the first one behind which a folder is named separates them.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "=") && index > 0 {
            let path = String(decoding: bytes[(index + 1)...], as: UTF8.self)
            guard CommandInput.isFolder(path) else { continue }
            var prefix = bytes[..<index]
            while prefix.last == UInt8(ascii: "/") { prefix.removeLast() }
            uri = String(decoding: prefix, as: UTF8.self)
            self.path = path
            return
        }
        return nil
    }

    /// Registers every JSON and YAML file of the folder.
    ///
    /// - Returns: What could not be read: as warnings, since nothing may refer to it.
    package func register(in resources: inout SchemaResources, dialect: Dialect) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        for name in Self.files(below: path) {
            do {
                let file = try CommandInput.file(path + "/" + name)
                switch DocumentParser.parse(file) {
                case .success(let document):
                    resources.register(document, uri: uri + "/" + name, dialect: Self.dialect(of: name) ?? dialect)
                case .failure(let rejection):
                    diagnostics += rejection.diagnostics.map { diagnostic in
                        var diagnostic = diagnostic
                        diagnostic.severity = .warning
                        return diagnostic
                    }
                }
            } catch {
                diagnostics.append(Diagnostic(.warning, "file-unreadable", "\(error)"))
            }
        }
        return diagnostics
    }

    /// The dialect that a folder on the way to a file is named for.
    private static func dialect(of name: String) -> Dialect? {
        for part in name.split(separator: "/").dropLast() {
            let named = part.hasPrefix("draft2") ? String(part.dropFirst(5)) : String(part)
            if let dialect = DialectName(rawValue: named) { return dialect.dialect }
        }
        return nil
    }

    /// Relative paths of the documents below a folder, in the order of their names.
    private static func files(below root: String) -> [String] {
        var found: [String] = []
        var waiting = [(name: "", depth: 0)]
        while let (folder, depth) = waiting.popLast(), found.count < limits.files {
            guard depth <= limits.depth, let stream = opendir(folder.isEmpty ? root : root + "/" + folder) else {
                continue
            }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                guard !name.hasPrefix(".") else { continue }
                let relative = folder.isEmpty ? name : folder + "/" + name
                if CommandInput.isFolder(root + "/" + relative) {
                    waiting.append((relative, depth + 1))
                } else if [".json", ".yaml", ".yml"].contains(where: { name.lowercased().hasSuffix($0) }) {
                    found.append(relative)
                }
            }
        }
        return found.sorted()
    }
}
