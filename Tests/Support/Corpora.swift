import Glibc

/// Where the public test data lies: `LINTEL_CORPORA`, or `shared/corpora` beside the package.
package enum Corpora {
    /// The folder, nil if it is absent.
    package static let path: String? = {
        if let named = getenv("LINTEL_CORPORA") {
            let path = String(cString: named)
            return access(path, R_OK) == 0 ? path : nil
        }
        return PackageFolder.ancestors(of: #filePath).map { $0 + "/shared/corpora" }.first { access($0, R_OK) == 0 }
    }()

    /// Whether the corpora are there.
    package static var isPresent: Bool { path != nil }

    /// What a disabled suite says.
    package static let absence = "the corpora are absent: set LINTEL_CORPORA"

    /// The path of a file of the corpora.
    package static func file(_ name: String) -> String { (path ?? "") + "/" + name }

    /// The names of the files in a folder of the corpora; none where it is absent.
    package static func files(in folder: String) -> [String] {
        FileContent.names(in: file(folder)).filter { !$0.hasSuffix("/") }
    }

    /// A file of the corpora is not there.
    package struct Missing: Error {
        /// Its path.
        package let path: String
    }

    /// The bytes of a file of the corpora.
    package static func bytes(_ name: String) throws -> [UInt8] {
        guard let bytes = FileContent.bytes(file(name)) else { throw Missing(path: file(name)) }
        return bytes
    }

    /// A file of the corpora as text; empty where it is absent.
    package static func text(_ name: String) -> String { FileContent.text(file(name)) }
}

/// The folder of the package under test.
package enum PackageFolder {
    /// The folder that holds Package.swift.
    package static let path = ancestors(of: #filePath).first { access($0 + "/Package.swift", R_OK) == 0 } ?? "."

    /// The folders above a path, the nearest first.
    static func ancestors(of path: String) -> [String] {
        var found: [String] = []
        var folder = path[...]
        while let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) {
            folder = folder[..<slash]
            found.append(String(folder))
        }
        return found
    }
}

/// The bytes of files.
package enum FileContent {
    /// The bytes of the file at `path`; nil if it cannot be read.
    package static func bytes(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rbe") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// The names in a folder, sorted; those of folders end in a slash. None if it cannot be read.
    package static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            names.append(Int32(entry.pointee.d_type) == 4 ? name + "/" : name)
        }
        return names.sorted()
    }

    /// The paths of all files below a folder, relative to it.
    package static func paths(below folder: String) -> [String] {
        names(in: folder).flatMap { name in
            name.hasSuffix("/") ? paths(below: folder + "/" + name.dropLast()).map { name + $0 } : [name]
        }
    }

    /// The file at `path` as text; empty if it cannot be read.
    package static func text(_ path: String) -> String { String(decoding: bytes(path) ?? [], as: UTF8.self) }
}
