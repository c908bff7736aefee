import Glibc

/// Where the public test data lies: `LINTEL_CORPORA`, or `shared/corpora` beside the package.
enum Corpora {
    /// The folder, `nil` if it is absent.
    static let path: String? = {
        if let named = getenv("LINTEL_CORPORA") { return exists(String(cString: named)) ? String(cString: named) : nil }
        var folder = #filePath[...]
        while let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) {
            folder = folder[..<slash]
            let candidate = folder + "/shared/corpora"
            if exists(String(candidate)) { return String(candidate) }
        }
        return nil
    }()

    /// What a disabled suite says.
    static let absence = "the corpora are absent: set LINTEL_CORPORA"

    /// Whether a file or folder exists.
    private static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// The bytes of a file, `nil` if it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Names in a folder, sorted; folders end in a slash.
    static func list(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            names.append(Int32(entry.pointee.d_type) == 4 ? name + "/" : name)
        }
        return names.sorted()
    }

    /// Paths of all files below a folder, relative to it.
    static func walk(_ path: String) -> [String] {
        list(path).flatMap { name in
            name.hasSuffix("/") ? walk(path + "/" + name.dropLast()).map { name + $0 } : [name]
        }
    }
}
