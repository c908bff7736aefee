import GatewaySettings
import OpenAPIDocuments
import SourceDiagnostics

/// Holds every security scheme that a document requires to something that carries it out: a scheme that nobody checks
/// would let everybody in, so it is an error.
enum SecurityBindings {
    /// The schemes that operations require and nothing is bound to, each once.
    static func diagnostics(_ document: OpenAPIDocument, api: Named<APISettings>) -> [Diagnostic] {
        var seen: Set<String> = []
        var diagnostics: [Diagnostic] = []
        for operation in document.operations {
            for need in operation.security.flatMap(\.needs)
            where api.value.security.target(of: need.scheme) == nil && seen.insert(need.scheme).inserted {
                diagnostics.append(unbound(need.scheme, at: need.range, api: api))
            }
        }
        return diagnostics
    }

    /// The error for a scheme that nothing is bound to.
    static func unbound(_ scheme: String, at range: SourceRange, api: Named<APISettings>) -> Diagnostic {
        Diagnostic(
            .error, "unbound-security-scheme",
            "nothing carries out the security scheme \"\(scheme)\" that the document requires", at: api.range,
            suggestion: "bind it under `security`, to a policy or to the word `upstream`",
            notes: [Diagnostic.Note("required here", at: range)])
    }
}
