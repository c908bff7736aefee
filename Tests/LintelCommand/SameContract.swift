import JSONDocuments
import OpenAPIDocuments

/// Compares two API descriptions with every reference followed: whether they say the same, whatever is kept where.
///
/// Two places that were compared before are not compared again, so cycles end.
struct SameContract {
    /// The one description.
    let left: OpenAPIDocument
    /// The other one.
    let right: OpenAPIDocument
    /// Pairs that were compared.
    private var seen: Set<[JSONValue]> = []
    /// Where they differ.
    private(set) var differences: [String] = []
    /// How many pairs of values were compared.
    private(set) var comparisons = 0

    /// Compares `paths` and everything that it leads to.
    init(_ left: OpenAPIDocument, _ right: OpenAPIDocument) {
        self.left = left
        self.right = right
        for name in ["paths", "webhooks", "components", "security", "definitions"] {
            guard let one = left.root[name] else { continue }
            guard let other = right.root[name] else {
                differences.append("\(name) is absent")
                continue
            }
            // The bundle has more components.
            compare(one, other, "/" + name, mayAdd: name != "paths")
        }
    }

    /// Whether a value that is nothing but a reference leads to anything.
    private func leads(_ value: JSONValue, _ document: OpenAPIDocument) -> Bool {
        value.soleReference.flatMap { document.references.target(of: $0, in: value.document) } != nil
    }

    /// What a value that is nothing but references leads to.
    private func followed(_ value: JSONValue, _ document: OpenAPIDocument) -> JSONValue {
        var current = value
        for _ in 0..<64 {
            guard let text = current.soleReference,
                let next = document.references.target(of: text, in: current.document)
            else { break }
            current = next
        }
        return current
    }

    /// Compares two values.
    private mutating func compare(_ one: JSONValue, _ other: JSONValue, _ place: String, mayAdd: Bool = false) {
        guard differences.count < 10 else { return }
        var (one, other) = (one, other)
        // What the grammar does not reach (below a keyword that nobody defines, say) is text: its references lead
        // nowhere in the file they stand in, and the bundle keeps them as they are.
        let isOnlyText = one.soleReference != nil && one.soleReference == other.soleReference && !leads(one, left)
        if !isOnlyText { (one, other) = (followed(one, left), followed(other, right)) }
        guard seen.insert([one, other]).inserted else { return }
        comparisons += 1
        guard one.kind == other.kind else { return differences.append("\(place): another kind") }
        switch one.kind {
        case .array:
            guard one.count == other.count else { return differences.append("\(place): another count") }
            for (index, pair) in zip(one.elements, other.elements).enumerated() {
                compare(pair.0, pair.1, "\(place)/\(index)")
            }
        case .object:
            for member in one.members where member.name != "$anchor" {
                guard let match = other[member.name] else {
                    differences.append("\(place): \(member.name) is absent")
                    continue
                }
                compareMember(member, match, place, mayAdd: mayAdd)
            }
            if !mayAdd, other.count > one.count { differences.append("\(place): something was added") }
        case .null, .true, .false: break
        case .string, .number:
            if one.text != other.text { differences.append("\(place): another text") }
        }
    }

    /// Compares two members; references with members beside them by what they lead to.
    private mutating func compareMember(_ member: JSONMember, _ match: JSONValue, _ place: String, mayAdd: Bool) {
        if member.name == "$ref", let text = member.value.string, let other = match.string,
            let from = left.references.target(of: text, in: member.value.document),
            let to = right.references.target(of: other, in: match.document)
        {
            return compare(from, to, place + "/$ref")
        }
        let isNames = member.name == "mapping" || member.name == "operationRef" || member.name == "defaultMapping"
        if isNames { return }
        compare(member.value, match, place + "/" + member.name, mayAdd: mayAdd)
    }
}

extension JSONValue {
    /// The text of `$ref` in an object that has no other member.
    fileprivate var soleReference: String? {
        kind == .object && count == 1 ? self["$ref"]?.string : nil
    }
}
