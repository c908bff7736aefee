import Glibc

/// The executable under test: the release build unless a source file is newer, else the debug build beside the tests.
package enum LintelExecutable {
    /// Its path; `LINTEL_EXECUTABLE` names another one.
    package static let path: String = {
        if let named = getenv("LINTEL_EXECUTABLE") { return String(cString: named) }
        let debug = folder + "/lintel"
        let release = folder + "/../release/lintel"
        guard let built = modified(release) else { return debug }
        let newest = newestModification(below: PackageFolder.path + "/Sources")
        return built >= newest || modified(debug) == nil ? release : debug
    }()

    /// Whether it is the release build: what costs processor time is judged by that one alone.
    package static var isOptimised: Bool { path.contains("/release/") }

    /// Whether it is there.
    package static var isPresent: Bool { access(path, X_OK) == 0 }

    /// The folder that holds the test bundle, where the debug product is built too.
    private static let folder: String = {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? 0
            }
        }
        let own = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        return own.lastIndex(of: "/").map { String(own[..<$0]) } ?? "."
    }()

    /// When a file was last written, in nanoseconds since 1970.
    private static func modified(_ path: String) -> Int? {
        var entry = stat()
        guard stat(path, &entry) == 0 else { return nil }
        return entry.st_mtim.tv_sec * 1_000_000_000 + entry.st_mtim.tv_nsec
    }

    /// When the newest file below a folder was written.
    private static func newestModification(below path: String) -> Int {
        guard let folder = opendir(path) else { return 0 }
        defer { closedir(folder) }
        var newest = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix(".") else { continue }
            let child = path + "/" + name
            let isFolder = Int32(entry.pointee.d_type) == 4
            newest = max(newest, isFolder ? newestModification(below: child) : modified(child) ?? 0)
        }
        return newest
    }
}
