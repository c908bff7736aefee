import SourceDiagnostics

/// Files that exist in memory only.
enum SourceFileFixture {
    /// A file with a text.
    static func file(_ text: String) -> SourceFile { SourceFile(path: "memory.json", bytes: Array(text.utf8)) }
}
