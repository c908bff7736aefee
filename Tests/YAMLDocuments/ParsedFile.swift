import JSONDocuments
import SourceDiagnostics
import YAMLDocuments

/// Reads a YAML text.
func yaml(_ text: String, limits: YAMLLimits = YAMLLimits()) throws -> JSONDocument {
    try YAMLParser.parse(SourceFile(path: "a.yaml", bytes: Array(text.utf8)), limits: limits)
}

/// Reads a YAML text and writes what it means as JSON.
func json(_ text: String) throws -> String {
    JSONWriter.text(of: try yaml(text).root)
}

/// What is wrong with a YAML text: `line:column code` of each diagnostic.
func problems(_ text: String, limits: YAMLLimits = YAMLLimits()) -> [String] {
    problems(Array(text.utf8), limits: limits)
}

/// What is wrong with a YAML text: `line:column code` of each diagnostic.
func problems(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) -> [String] {
    do {
        _ = try YAMLParser.parse(SourceFile(path: "a.yaml", bytes: bytes), limits: limits)
        return []
    } catch {
        return error.diagnostics.map { "\($0.range?.start.description ?? "-") \($0.code)" }
    }
}
