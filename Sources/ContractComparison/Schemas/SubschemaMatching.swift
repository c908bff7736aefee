import JSONDocuments

/// The members of an `allOf`, `anyOf` or `oneOf` of the base beside those of the revision.
///
/// Members have no names, and their order means nothing. They are taken for the same, in this order, by what their
/// references say, by what they say, by their titles, and where one is left on each side, for want of another.
struct SubschemaMatching {
    /// Members on both sides.
    private(set) var pairs: [(base: JSONValue, revision: JSONValue)] = []
    /// Members that are gone.
    private(set) var removed: [JSONValue] = []
    /// New members.
    private(set) var added: [JSONValue] = []

    /// Matches two lists.
    init(_ base: [JSONValue], _ revision: [JSONValue], _ sameness: inout SchemaSameness) {
        var left = base
        var right = revision
        match(&left, &right) { one, other in
            one["$ref"]?.string != nil && one["$ref"]?.string == other["$ref"]?.string
        }
        match(&left, &right) { sameness.holds($0, $1) }
        match(&left, &right) { one, other in
            guard one["$ref"] == nil, other["$ref"] == nil, one.kind == .object, other.kind == .object else {
                return false
            }
            return one["title"]?.string == other["title"]?.string && one["title"]?.string != nil
        }
        let inline = (left.filter { $0["$ref"] == nil }, right.filter { $0["$ref"] == nil })
        if let one = inline.0.first, let other = inline.1.first, inline.0.count == 1, inline.1.count == 1 {
            pairs.append((one, other))
            left.removeAll { $0 == one }
            right.removeAll { $0 == other }
        }
        removed = left
        added = right
    }

    /// Takes out of two lists what belongs together.
    private mutating func match(
        _ left: inout [JSONValue], _ right: inout [JSONValue], _ belong: (JSONValue, JSONValue) -> Bool
    ) {
        left.removeAll { one in
            guard let place = right.firstIndex(where: { belong(one, $0) }) else { return false }
            pairs.append((one, right.remove(at: place)))
            return true
        }
    }

    /// What a member is called: the last name of its reference, its title, or its place.
    static func name(_ member: JSONValue, in list: JSONValue?) -> String {
        if let reference = member["$ref"]?.string {
            return reference.split(separator: "/").last.map(String.init) ?? reference
        }
        if let title = member["title"]?.string { return title }
        let place = list.flatMap { Array($0.elements).firstIndex(of: member) } ?? 0
        return "#\(place + 1)"
    }
}
