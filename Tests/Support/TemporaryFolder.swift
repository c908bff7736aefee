import Glibc

/// A folder of its own for one test, removed with it.
package final class TemporaryFolder: Sendable {
    /// The folder could not be made, or a file in it.
    package struct Failure: Error {
        /// What could not be written.
        package let path: String
    }

    /// The folder's path.
    package let path: String

    /// A new folder with these files, by relative path.
    package init(_ files: [String: String] = [:]) throws {
        var template = Array("/tmp/lintel-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(path: "/tmp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for (name, text) in files { try write(text, to: name) }
    }

    deinit { Self.remove(path) }

    /// Writes a file; folders on the way are made.
    package func write(_ text: String, to name: String) throws {
        var folder = path
        let parts = name.split(separator: "/")
        for part in parts.dropLast() {
            folder += "/" + part
            mkdir(folder, 0o755)
        }
        let target = path + "/" + name
        guard let file = fopen(target, "wbe") else { throw Failure(path: target) }
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Failure(path: target) }
    }

    /// The path of a file in the folder.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file, and gives its path.
    @discardableResult
    package func add(_ text: String, as name: String) throws -> String {
        try write(text, to: name)
        return file(name)
    }

    /// Removes a folder with everything in it.
    private static func remove(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                guard name != ".", name != ".." else { continue }
                if Int32(entry.pointee.d_type) == 4 { remove(path + "/" + name) } else { unlink(path + "/" + name) }
            }
            closedir(folder)
        }
        rmdir(path)
    }
}
