import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// Design-first: proves that the operation which is derived for a composition keeps a declared one.
///
/// What clients may send by the declared operation has to be accepted, and what they get has to be what it promises.
/// Replies of the gateway's own that the declared operation does not describe are left to it: every operation has them.
package enum ContractProof {
    /// What is not proven, each with the place of `contract` and the place in the declared document.
    ///
    /// - Parameters:
    ///   - derived: The operation of the derived document.
    ///   - declared: The operation that it has to keep.
    ///   - range: Where the settings name it.
    package static func diagnostics(
        derived: (operation: Operation, document: OpenAPIDocument),
        declared: (operation: Operation, document: OpenAPIDocument), at range: SourceRange
    ) -> [Diagnostic] {
        var proof = Run(derived: derived, declared: declared, range: range)
        proof.compareEndpoints()
        proof.compareRequests()
        proof.compareResponses()
        return proof.diagnostics
    }

    /// One proof in progress.
    private struct Run {
        let derived: (operation: Operation, document: OpenAPIDocument)
        let declared: (operation: Operation, document: OpenAPIDocument)
        let range: SourceRange
        var diagnostics: [Diagnostic] = []

        /// Reports what is not proven.
        mutating func report(_ message: String, _ place: SourceRange) {
            diagnostics.append(
                Diagnostic(
                    .error, "unproven-contract", message, at: range, notes: [.init("declared here", at: place)]))
        }

        /// Method and path are the same.
        mutating func compareEndpoints() {
            let (own, other) = (derived.operation, declared.operation)
            guard own.method != other.method || own.pathTemplate != other.pathTemplate else { return }
            report(
                "the composition answers \(own.method) \(own.pathTemplate), and the contract is for \(other.method) \(other.pathTemplate)",
                other.pathRange)
        }

        // MARK: Requests

        /// What clients may send is accepted.
        mutating func compareRequests() {
            for parameter in derived.operation.parameters {
                let other = declared.operation.parameters.first {
                    $0.name == parameter.name && $0.location == parameter.location
                }
                let words = "the \(parameter.location.rawValue) parameter `\(parameter.name)`"
                guard let other else {
                    if parameter.isRequired {
                        report("\(words) is required, and the contract does not know it", declared.operation.range)
                    }
                    continue
                }
                if parameter.isRequired, !other.isRequired {
                    report("\(words) is required, and the contract lets clients leave it out", other.node.range)
                }
                guard case .schema(let wide, _, _) = parameter.content, case .schema(let narrow, _, _) = other.content
                else { continue }
                prove(words, narrow: narrow, of: declared.document, wide: wide, of: derived.document, other.node.range)
            }
            guard let own = derived.operation.requestBody else { return }
            guard let other = declared.operation.requestBody else {
                return report("content is required, and the contract has none", declared.operation.range)
            }
            if own.isRequired, !other.isRequired {
                report("content is required, and the contract lets clients leave it out", other.node.range)
            }
            for media in other.content {
                guard let wide = own.content.first(where: { $0.key == media.key }) else {
                    report("content in \(media.key) is not taken", media.keyRange)
                    continue
                }
                guard let wideSchema = wide.schema else { continue }
                guard let narrow = media.schema else {
                    report("the contract says nothing of the content, and not everything is taken", media.keyRange)
                    continue
                }
                prove(
                    "the content", narrow: narrow, of: declared.document, wide: wideSchema, of: derived.document,
                    media.keyRange)
            }
        }

        // MARK: Responses

        /// What clients get is what they are promised.
        mutating func compareResponses() {
            for response in derived.operation.responses ?? [] {
                guard case .exact(let status) = response.key else { continue }
                let responses = declared.operation.responses ?? []
                let other =
                    responses.first { $0.key == .exact(status) } ?? responses.first { $0.key == .range(status / 100) }
                    ?? responses.first { $0.key == .default }
                guard let other else {
                    if status == 200 { report("the contract has no reply 200", declared.operation.range) }
                    continue
                }
                for media in response.content {
                    guard !other.content.isEmpty || status == 200 else { continue }
                    let match = other.content.first { Self.covers($0.key, media.key) }
                    guard let match else {
                        report(
                            "the reply \(status) is \(media.key), which the contract does not name", other.node.range)
                        continue
                    }
                    guard let wide = match.schema, let narrow = media.schema else { continue }
                    prove(
                        "the reply \(status)", narrow: narrow, of: derived.document, wide: wide, of: declared.document,
                        match.keyRange)
                }
                for header in other.headers where header.isRequired && status == 200 {
                    report("the contract promises the field `\(header.name)`, which is not made", other.node.range)
                }
            }
        }

        /// Whether a media range takes a media type.
        private static func covers(_ range: String, _ type: String) -> Bool {
            let name = range.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            return name == type || name == "*/*" || name == "application/*"
        }

        /// Proves one pair of schemas.
        private mutating func prove(
            _ words: String, narrow: JSONValue, of narrowDocument: OpenAPIDocument, wide: JSONValue,
            of wideDocument: OpenAPIDocument, _ place: SourceRange
        ) {
            var proof = SchemaProof()
            let gap = proof.gap(
                from: .init(node: narrow, document: narrowDocument), to: .init(node: wide, document: wideDocument))
            guard let gap else { return }
            let pointer = gap.pointer.isEmpty ? words : "\(words) at `\(gap.pointer)`"
            // The wider schema of a request stands in the derived document, which nobody wrote.
            let isWritten = wideDocument.files.first?.document.file.path != DerivedDocument.path
            report("\(pointer) cannot be proven: \(gap.reason)", isWritten ? gap.place.range : place)
        }
    }
}
