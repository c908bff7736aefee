import JSONDocuments
import OpenAPIDocuments

/// What callers of compositions have to show: all that the called operations ask for, in the words of their documents.
extension DerivedDocument {
    /// Most alternatives that are written out; with more, the document says nothing of them.
    private static let mostAlternatives = 16

    /// One alternative: schemes with scopes, each under its name in the derived document.
    private typealias Alternative = [(name: String, scopes: [String])]

    /// Writes `security`, where any called operation asks for something.
    static func writeSecurity(_ plan: CompositionPlan, _ apis: [CallableAPI], to writer: inout JSONWriter) {
        let ways = alternatives(plan, apis)
        guard ways.contains(where: { !$0.isEmpty }) else { return }
        writer.key("security")
        writer.beginArray()
        for way in ways {
            writer.beginObject()
            for need in way {
                writer.key(need.name)
                writer.beginArray()
                for scope in need.scopes { writer.string(scope) }
                writer.endArray()
            }
            writer.endObject()
        }
        writer.endArray()
    }

    /// Whether callers have to show anything.
    static func asksForCredentials(_ plan: CompositionPlan, _ apis: [CallableAPI]) -> Bool {
        operations(plan, apis).contains { _, operation in
            !operation.security.isEmpty && !operation.security.contains { $0.needs.isEmpty }
        }
    }

    /// Every operation that a composition calls, compensations included, with its API.
    private static func operations(
        _ plan: CompositionPlan, _ apis: [CallableAPI]
    ) -> [(api: CallableAPI, operation: Operation)] {
        (plan.steps + plan.compensations.compactMap(\.self)).map { step in
            (apis[step.api], apis[step.api].document.operations[step.operation])
        }
    }

    /// The ways in: one alternative of each called operation, together.
    private static func alternatives(_ plan: CompositionPlan, _ apis: [CallableAPI]) -> [Alternative] {
        var ways: [Alternative] = [[]]
        for (api, operation) in operations(plan, apis) where !operation.security.isEmpty {
            ways = ways.flatMap { way in
                operation.security.map { requirement in
                    requirement.needs.reduce(into: way) { way, need in
                        let name = schemeName(need.scheme, of: api)
                        if let place = way.firstIndex(where: { $0.name == name }) {
                            way[place].scopes += need.scopes.filter { !way[place].scopes.contains($0) }
                        } else {
                            way.append((name, need.scopes))
                        }
                    }
                }
            }
            guard ways.count <= mostAlternatives else { return [] }
        }
        var seen: Set<String> = []
        return ways.filter { way in
            seen.insert(way.map { "\($0.name) \($0.scopes.joined(separator: " "))" }.sorted().joined(separator: "\n"))
                .inserted
        }
    }

    /// `API.scheme`, in the characters of component names.
    private static func schemeName(_ scheme: String, of api: CallableAPI) -> String {
        (api.name + "." + scheme).filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    /// Writes `securitySchemes`, those that the compositions name.
    static func writeSecuritySchemes(
        _ plans: [CompositionPlan], _ apis: [CallableAPI], to writer: inout JSONWriter
    ) {
        var written: Set<String> = []
        for (api, operation) in plans.flatMap({ operations($0, apis) }) {
            for need in operation.security.flatMap(\.needs) {
                guard let scheme = api.document.securitySchemes[need.scheme],
                    written.insert(schemeName(need.scheme, of: api)).inserted
                else { continue }
                if written.count == 1 {
                    writer.key("securitySchemes")
                    writer.beginObject()
                }
                writer.key(schemeName(need.scheme, of: api))
                write(scheme, to: &writer)
            }
        }
        if !written.isEmpty { writer.endObject() }
    }

    /// One scheme, in the words of 3.1.
    private static func write(_ scheme: SecurityScheme, to writer: inout JSONWriter) {
        // Objects of 3.0 and later say the same in 3.1; 2.0 has flows and `basic` in words of its own.
        guard scheme.node["flow"] != nil || scheme.node["type"]?.string == "basic" else {
            return writer.value(scheme.node)
        }
        writer.beginObject()
        writer.key("type")
        writer.string("http")
        writer.key("scheme")
        writer.string(scheme.scheme ?? "bearer")
        writer.endObject()
    }
}
