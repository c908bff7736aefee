import JSONDocuments

/// A claim of a token (RFC 7519 §4).
package enum ClaimValue: Sendable, Equatable {
    /// There is none, or it is null.
    case absent
    /// A string, with its escapes resolved.
    case text([UInt8])
    /// A number as it is written.
    case number([UInt8], isInteger: Bool)
    /// A truth value.
    case truth(Bool)
    /// An array or an object.
    case structured
}

extension SecurityRequirementPlan {
    /// The checks that ask for a token.
    private var tokenChecks: [Int] {
        checks.indices.filter { index in
            if case .jwt = checks[index].policy.kind { true } else { false }
        }
    }

    /// Whether every caller shows one token, and it is clear which: then there are claims to rely on.
    package var demandsToken: Bool {
        let tokens = tokenChecks
        guard tokens.count == 1, let token = tokens.first else { return false }
        if always.contains(token) { return true }
        return !isOpen && !alternatives.isEmpty
            && alternatives.allSatisfy { alternative in alternative.needs.contains { $0.check == token } }
    }

    /// The claims of the token that the last evaluation accepted.
    ///
    /// - Parameters:
    ///   - names: the names of the claims.
    ///   - view: the request that was evaluated.
    ///   - workspace: the same as at the evaluation.
    /// - Returns: for each name what there is; nil where no token was accepted, more than one could be meant, or a name
    ///   stands twice in the token.
    package func claims(
        _ names: [[UInt8]], in view: CredentialView, using workspace: inout CredentialWorkspace
    ) -> [ClaimValue]? {
        let tokens = tokenChecks
        guard tokens.count == 1, let index = tokens.first, workspace.outcomes.indices.contains(index),
            case .accepted = workspace.outcomes[index].state,
            case .value(let token) = checks[index].place.credential(in: view, using: workspace)
        else { return nil }
        let period = UInt8(ascii: ".")
        guard let first = token.firstIndex(of: period), let second = token[(first + 1)...].firstIndex(of: period) else {
            return nil
        }
        do throws(CredentialMistake) {
            var room = workspace.parts
            let payload = try JWTPolicy.decode(token[(first + 1)..<second], &room)
            try JWTPolicy.parse(payload, into: &workspace.tape)
        } catch {
            return nil
        }
        var values = [ClaimValue?](repeating: nil, count: names.count)
        let view = workspace.tape.view
        var node = 1
        let end = Int(view[0].next)
        while node < end {
            let name = view.text(of: node)
            let value = node + 1
            node = Int(view[value].next)
            for place in names.indices where names[place].elementsEqual(name) {
                guard values[place] == nil else { return nil }
                values[place] = Self.claim(value, view)
            }
        }
        return values.map { $0 ?? .absent }
    }

    /// One value.
    private static func claim(_ node: Int, _ view: JSONView) -> ClaimValue {
        switch view[node].kind {
        case .null: return .absent
        case .true: return .truth(true)
        case .false: return .truth(false)
        case .string: return .text(Array(view.text(of: node)))
        case .number:
            let text = Array(view.text(of: node))
            return .number(text, isInteger: text.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) })
        case .array, .object: return .structured
        }
    }
}
