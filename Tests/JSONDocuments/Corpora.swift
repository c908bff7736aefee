import Foundation

/// Where the test data of other projects lies: `LINTEL_CORPORA`, or `../shared/corpora` from the root of the package.
enum Corpora {
    /// A folder of the corpora, or nil where it is absent.
    static func folder(_ name: String) -> URL? {
        let root: URL
        if let path = ProcessInfo.processInfo.environment["LINTEL_CORPORA"] {
            root = URL(filePath: path)
        } else {
            var folder = URL(filePath: #filePath).deletingLastPathComponent()
            while folder.path() != "/",
                !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path())
            {
                folder.deleteLastPathComponent()
            }
            root = folder.deletingLastPathComponent().appending(path: "shared/corpora")
        }
        let folder = root.appending(path: name)
        return FileManager.default.fileExists(atPath: folder.path()) ? folder : nil
    }

    /// The files of a folder by name; none where it is absent.
    static func files(_ name: String) -> [String] {
        guard let folder = folder(name) else { return [] }
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path())
        return (names ?? []).sorted()
    }

    /// The bytes of a file.
    static func bytes(_ folder: String, _ file: String) throws -> [UInt8] {
        guard let folder = Corpora.folder(folder) else { throw CocoaError(.fileNoSuchFile) }
        return [UInt8](try Data(contentsOf: folder.appending(path: file)))
    }
}
