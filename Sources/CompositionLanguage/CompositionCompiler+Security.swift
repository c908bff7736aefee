import OpenAPIDocuments
import SourceDiagnostics

/// What called operations ask of their callers, as far as the documents alone tell: what the gateway's policies make of it
/// is known only where they are.
extension CompositionCompiler {
    /// Reports credentials that a call cannot pass on: a key in the query, which nothing of the client's reaches, and a
    /// certificate, which belongs to the client's own connection.
    mutating func checkCredentials(of step: PlannedStep) {
        let document = apis[step.api].document
        for need in document.operations[step.operation].security.flatMap(\.needs) {
            guard let scheme = document.securitySchemes[need.scheme] else { continue }
            switch (scheme.type, scheme.location) {
            case ("apiKey", "header"?), ("apiKey", "cookie"?): break
            case ("apiKey", _), ("mutualTLS", _):
                report(
                    "unmet-security", "the step `\(step.name)` cannot pass on the credentials of `\(need.scheme)`",
                    at: step.range, note: ("needed here", need.range))
            default: break
            }
        }
    }
}
