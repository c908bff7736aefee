import SourceDiagnostics

/// Why a file is not YAML, or not YAML that Lintel reads: one diagnostic or more, each with its place.
///
/// Mistakes that do not stop the reader (duplicate keys, unknown tags, `.nan`) are collected and reported together.
package struct YAMLSyntaxError: Error, Sendable {
    /// The first mistake.
    package let diagnostic: Diagnostic

    /// All mistakes that were found, in the order of the file.
    package let diagnostics: [Diagnostic]

    /// Makes an error of the first mistake and those after it.
    package init(_ first: Diagnostic, _ others: [Diagnostic] = []) {
        diagnostic = first
        diagnostics = [first] + others
    }
}
