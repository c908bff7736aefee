import JSONDocuments
import SourceDiagnostics

/// A claim while the composition is compiled.
struct ClaimDraft {
    /// The name in expressions.
    let name: String
    /// The name in the token.
    let wireName: String
    /// What it is; `anything` where the author does not say.
    let type: PlannedClaim.Kind
    /// Whether something needs it.
    var isRequired = false
}

/// Claims of the caller's token (RFC 7519 §4): scalars, of a type that the author states, or of any.
///
///     claims: { tenant: string, level: integer, role: { name: "https://id.example.com/role", type: string } }
///
/// What goes into a request has to be stated, so that no service gets what nobody expected. A claim that is not there, or
/// is something else than stated, refuses the caller; only `$claims.name?` may be absent.
extension CompositionCompiler {
    /// Reads `claims`.
    mutating func readClaims() {
        guard let declared = source.value["claims"] else { return }
        guard declared.kind == .object else {
            return report("wrong-type", "`claims` is a map of names", at: declared.range)
        }
        for member in declared.members {
            var (wireName, word) = (member.name, member.value)
            if member.value.kind == .object {
                checkKeys(member.value, ["name", "type"], "a claim")
                wireName = member.value["name"]?.string ?? member.name
                word = member.value["type"] ?? member.value
            }
            guard let type = word.string.flatMap(PlannedClaim.Kind.init(rawValue:)), type != .anything else {
                let words = PlannedClaim.Kind.allCases.map(\.rawValue).filter {
                    $0 != PlannedClaim.Kind.anything.rawValue
                }
                report(
                    "bad-claim", "the claim `\(member.name)` is \(words.joined(separator: ", "))", at: word.range,
                    suggestion: NearestName.suggestion(among: words, to: word.string ?? ""))
                continue
            }
            claims.append(ClaimDraft(name: member.name, wireName: wireName, type: type))
        }
    }

    /// A claim that an expression names, and what is known of it; nil where it cannot stand there, which is reported.
    mutating func claim(
        _ name: String, _ expression: Expression, at range: SourceRange, _ scope: Scope
    ) -> (ValueReference.Root, ValueType)? {
        let known = claims.firstIndex { $0.name == name }
        let index = known ?? claims.count
        if known == nil { claims.append(ClaimDraft(name: name, wireName: name, type: .anything)) }
        if claims[index].type == .anything, scope.step != nil || scope.undoes != nil, !scope.isCondition {
            report(
                "undeclared-claim", "`$claims.\(name)` goes into a request, and nothing says what it is", at: range,
                suggestion: "say `claims: { \(name): string }`")
            return nil
        }
        let isRequired = !expression.mayBeAbsent && !scope.asksWhether
        if isRequired { claims[index].isRequired = true }
        return (.claim(index), ValueType(Self.shape(of: claims[index].type), isCertain: isRequired))
    }

    /// What a claim can be.
    private static func shape(of type: PlannedClaim.Kind) -> TypeShape {
        switch type {
        case .string: .text
        case .integer: .integer
        case .number: schema(#"{"type":"number"}"#)
        case .boolean: schema(#"{"type":"boolean"}"#)
        case .anything: schema(#"{"type":["string","number","boolean"]}"#)
        }
    }

    /// A schema of our own.
    private static func schema(_ text: String) -> TypeShape {
        guard let document = try? JSONDocument(parsing: text, path: "claims") else { return .unknown }
        return .schema(SchemaPlace(api: -1, node: document.root))
    }
}
