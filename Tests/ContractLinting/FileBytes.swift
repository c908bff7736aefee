import OpenAPIDocuments

/// Reads files of the corpora.
enum FileBytes {
    /// The bytes of a file.
    static func read(_ path: String) -> Result<[UInt8], DocumentFiles.Failure> {
        DocumentFiles.system.read(path, 64 << 20)
    }
}
