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

    /// The file at `path` as text; empty if it cannot be read.
    package static func text(_ path: String) -> String { String(decoding: bytes(path) ?? [], as: UTF8.self) }
}
