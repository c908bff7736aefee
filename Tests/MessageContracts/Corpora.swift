import Glibc

/// Where the corpora lie: `LINTEL_CORPORA`, or `../shared/corpora` from the package root.
enum Corpora {
    /// The directory, or nil where there is none; then the suites that need it are disabled with a message.
    static let root: String? = {
        if let path = getenv("LINTEL_CORPORA").flatMap({ String(validatingCString: $0) }), exists(path) { return path }
        var directory = Substring(#filePath)
        while let slash = directory.lastIndex(of: "/") {
            directory = directory[..<slash]
            let candidate = "\(directory)/../shared/corpora"
            if exists("\(directory)/Package.swift"), exists(candidate) { return candidate }
        }
        return nil
    }()

    /// A file of the corpora as text; empty where it is absent.
    static func text(_ path: String) -> String {
        guard let root, let file = fopen("\(root)/\(path)", "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether something is there.
    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }
}
