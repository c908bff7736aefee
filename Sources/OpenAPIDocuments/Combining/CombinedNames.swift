import JSONDocuments

/// The names that shared objects and operations have in a combined document.
///
/// A name that one API uses stays. A name that several use stays as well where all mean the same by it, down to what it
/// refers to; else each gets the API's name before it: `users.Error`, `orders.Error`.
struct CombinedNames {
    /// A shared object of one part.
    private struct Entry: Hashable {
        let path: [String]
        let name: String
    }

    /// New names by part, for those that change.
    private var renamed: [[Entry: String]]
    /// New `operationId`s by part, for those that change.
    private var operations: [[String: String]]
    /// What a later part need not write again, because an earlier one has.
    private var repeated: [Set<Entry>]

    /// The names that every part has by itself.
    private init(unchangedOf count: Int) {
        renamed = Array(repeating: [:], count: count)
        operations = Array(repeating: [:], count: count)
        repeated = Array(repeating: [], count: count)
    }

    /// Finds names for some parts.
    init(_ parts: [CombinedPart]) {
        self.init(unchangedOf: parts.count)
        var users: [Entry: [(part: Int, value: JSONValue)]] = [:]
        for (number, part) in parts.enumerated() {
            for section in part.sections() {
                for member in section.members {
                    users[Entry(path: section.path, name: member.name), default: []].append((number, member.value))
                }
            }
        }
        let same = Self.meaningSame(users.filter { $0.value.count > 1 }, parts)
        for (entry, places) in users where places.count > 1 {
            for (rank, place) in places.enumerated() {
                if same.contains(entry) {
                    if rank > 0 { repeated[place.part].insert(entry) }
                } else {
                    var name = "\(parts[place.part].name).\(entry.name)"
                    while users[Entry(path: entry.path, name: name)] != nil { name += "_" }
                    renamed[place.part][entry] = name
                }
            }
        }
        nameOperations(parts)
    }

    /// The entries by which all their users mean the same: equal texts, once schemas of OpenAPI 3.0 are rewritten, which
    /// refer to nothing that is told apart. The largest such set: entries leave it until none has to.
    private static func meaningSame(
        _ users: [Entry: [(part: Int, value: JSONValue)]], _ parts: [CombinedPart]
    ) -> Set<Entry> {
        var same: Set<Entry> = []
        for (entry, places) in users {
            let texts = places.map { place in
                var writer = JSONWriter()
                let names = CombinedNames(unchangedOf: parts.count)
                CombinedWriter(parts[place.part], place.part, names).write(place.value, &writer)
                return writer.bytes
            }
            if Set(texts).count == 1 { same.insert(entry) }
        }
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for entry in same {
                guard let place = users[entry]?.first else { continue }
                let part = parts[place.part]
                let range = place.value.index..<Int(place.value.node.next)
                let isApart = range.contains { index in
                    guard part.references.contains(index),
                        let text = JSONValue(document: part.document, index: index).string,
                        let target = self.entry(of: text)
                    else { return false }
                    return users[target] != nil && !same.contains(target)
                }
                if isApart {
                    same.remove(entry)
                    hasChanged = true
                }
            }
        }
        return same
    }

    /// The shared object that a reference leads to, or into.
    private static func entry(of reference: String) -> Entry? {
        guard let tokens = JSONPointer(fragment: String(reference.dropFirst()))?.tokens, tokens.count >= 3,
            ["components", "x-bundled"].contains(tokens[0])
        else { return nil }
        return Entry(path: Array(tokens[..<2]), name: tokens[2])
    }

    /// Names the operations.
    private mutating func nameOperations(_ parts: [CombinedPart]) {
        var users: [String: Set<Int>] = [:]
        for (number, part) in parts.enumerated() {
            for name in part.operationIDs() { users[name, default: []].insert(number) }
        }
        for (name, numbers) in users where numbers.count > 1 {
            for number in numbers {
                var new = "\(parts[number].name).\(name)"
                while users[new] != nil { new += "_" }
                operations[number][name] = new
            }
        }
    }

    /// The name of a shared object.
    func name(of name: String, in path: [String], part: Int) -> String {
        renamed[part][Entry(path: path, name: name)] ?? name
    }

    /// Whether an earlier part has written a shared object.
    func isRepeated(_ name: String, in path: [String], part: Int) -> Bool {
        repeated[part].contains(Entry(path: path, name: name))
    }

    /// Whether some name of a part's schemas has changed.
    func renamesSchemas(of part: Int) -> Bool {
        renamed[part].keys.contains { $0.path == ["components", "schemas"] }
    }

    /// The `operationId` of an operation.
    func operation(_ name: String, part: Int) -> String { operations[part][name] ?? name }

    /// The text of a reference of a part, in the combined document.
    func reference(_ text: String, in part: CombinedPart, number: Int) -> String {
        guard text.utf8.first == UInt8(ascii: "#"), let pointer = JSONPointer(fragment: String(text.dropFirst()))
        else { return text }
        var tokens = pointer.tokens
        guard tokens.count >= 2 else { return text }
        if tokens[0] == "paths" {
            tokens[1] = part.publicPath(tokens[1])
        } else if tokens.count >= 3, ["components", "x-bundled"].contains(tokens[0]) {
            tokens[2] = name(of: tokens[2], in: Array(tokens[..<2]), part: number)
        } else {
            return text
        }
        return "#" + JSONPointer(tokens: tokens).fragment
    }
}
