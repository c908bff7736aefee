import JSONDocuments
import OpenAPIDocuments

/// Random numbers that are the same for the same seed (SplitMix64, Steele et al. 2014).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    /// Starts at a seed.
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether something happens that happens in `share` percent of all cases.
    mutating func happens(_ share: UInt64) -> Bool { next() % 100 < share }

    /// A number below a bound, which is at least 1.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
}

/// A schema made ready for writing random instances of it: what is rarely there is left out, null comes where it may, and
/// objects that are open get members that nobody declared.
///
/// A schema says more than a sketch keeps (`not`, `oneOf` that excludes): whoever writes an instance checks it.
final class InstanceSketch {
    /// A member of an object.
    struct Member {
        let key: [UInt8]
        let isRequired: Bool
        let sketch: InstanceSketch
    }

    /// A member of an instance that is given: the way to it, and its JSON.
    typealias Given = (path: ArraySlice<[UInt8]>, json: [UInt8])

    /// What is written.
    private enum Form {
        case text([UInt8])
        case string(least: Int, most: Int)
        case integer(ClosedRange<Int>)
        case fraction(ClosedRange<Int>)
        case array(InstanceSketch, ClosedRange<Int>)
        case object([Member], extra: InstanceSketch?)
    }

    private var forms: [Form] = []

    /// An empty sketch, filled when all references are known.
    private init() {}

    /// What schemas of one document look like, each worked out once.
    final class Book {
        private let document: OpenAPIDocument
        private var known: [JSONValue: InstanceSketch] = [:]

        /// Sketches of a document's schemas.
        init(_ document: OpenAPIDocument) { self.document = document }

        /// The sketch of a schema.
        func sketch(of schema: JSONValue) -> InstanceSketch {
            if let known = known[schema] { return known }
            let sketch = InstanceSketch()
            known[schema] = sketch
            fill(sketch, facets(schema, 0))
            return sketch
        }

        /// Everything that a schema and those beside it say; alternatives are taken apart.
        private func facets(_ schema: JSONValue, _ depth: Int) -> [Facets] {
            guard depth < 8, schema.kind == .object, let node = document.references.followed(schema) else {
                return [Facets()]
            }
            var all = [Facets(node)]
            if node != schema, schema.count > 1, document.version.evaluatesReferenceSiblings {
                all = all.map { $0.joined(Facets(schema)) }
            }
            for part in node["allOf"]?.elements.map(\.self) ?? [] {
                all = all.flatMap { one in facets(part, depth + 1).map { one.joined($0) } }
            }
            for key in ["anyOf", "oneOf"] {
                guard let branches = node[key]?.elements.map(\.self), !branches.isEmpty else { continue }
                let other = branches.flatMap { facets($0, depth + 1) }
                all = all.flatMap { one in other.map { one.joined($0) } }
            }
            return all
        }

        private func fill(_ sketch: InstanceSketch, _ alternatives: [Facets]) {
            for facets in alternatives { sketch.forms += forms(facets) }
        }

        /// The forms that instances may have.
        private func forms(_ facets: Facets) -> [Form] {
            if let values = facets.values { return values.map { .text(JSONWriter.bytes(of: $0)) } }
            if let pattern = facets.pattern, let expression = try? Regex(pattern) {
                let good = Self.words.filter { $0.firstMatch(of: expression) != nil && $0.count >= facets.leastLength }
                return good.map { .text(Array("\"\($0)\"".utf8)) }
            }
            var forms: [Form] = []
            for type in facets.types {
                switch type {
                case "null": forms.append(.text(Array("null".utf8)))
                case "boolean": forms += [.text(Array("true".utf8)), .text(Array("false".utf8))]
                case "integer": forms.append(.integer(facets.whole))
                case "number": forms += [.integer(facets.whole), .fraction(facets.whole)]
                case "string":
                    if let text = Self.samples[facets.format ?? ""] {
                        forms += text.map { .text(Array("\"\($0)\"".utf8)) }
                    } else {
                        forms.append(.string(least: facets.leastLength, most: facets.mostLength))
                    }
                case "array":
                    let items = facets.items.map { sketch(of: $0) } ?? Self.anything
                    forms.append(
                        .array(
                            items,
                            facets.leastItems...max(facets.leastItems, min(facets.mostItems, facets.isUnique ? 1 : 7))))
                default:
                    let members = facets.properties.map { name, schema in
                        Member(
                            key: JSONWriter.bytes(ofKey: name), isRequired: facets.required.contains(name),
                            sketch: sketch(of: schema))
                    }
                    forms.append(
                        .object(
                            members,
                            extra: facets.isClosed || facets.namesAreSaid
                                ? nil : facets.extra.map { sketch(of: $0) } ?? Self.anything))
                }
            }
            return forms
        }

        /// Words of which some match each pattern of the documents.
        private static let words = [
            "abc", "a-b", "ada.b", "KIT-0001", "+49301234567", "DE", "10115 B", "weight",
        ]

        private static let samples = [
            "date-time": ["2025-03-04T16:20:00Z", "1999-12-31T23:59:59.5+01:00"], "date": ["2024-02-29"],
            "email": ["a@example.com"], "uuid": ["6f1e2c3a-0f4b-4a57-9a55-2f6f0a1b2c3d"],
            "uri": ["https://example.com/a"],
            "uri-reference": ["/a/b"],
        ]

        /// Any value at all, small.
        private static var anything: InstanceSketch {
            let sketch = InstanceSketch()
            sketch.forms = [#""x""#, "1", "null", "[]", #"{"a":[1.5]}"#, "true"].map { .text(Array($0.utf8)) }
            return sketch
        }
    }

    // MARK: Instances

    /// Writes an instance.
    func write(
        to text: inout [UInt8], _ random: inout SeededRandom, depth: Int = 0, given: Given? = nil
    ) {
        if let given, given.path.isEmpty {
            text += given.json
            return
        }
        // What may lead back to itself ends where it can be something else.
        let form =
            given == nil
            ? forms[random.below(forms.count)] : forms.first { if case .object = $0 { true } else { false } }
        switch form {
        case .text(let bytes)?: text += bytes
        case .string(let least, let most)?: Self.writeString(least, most, to: &text, &random)
        case .integer(let range)?: text += Array(String(Int.random(in: range, using: &random)).utf8)
        case .fraction(let range)?:
            let whole = Int.random(in: range.lowerBound...max(range.lowerBound, range.upperBound - 1), using: &random)
            text += Array("\(whole).5".utf8)
        case .array(let items, let range)?:
            text.append(UInt8(ascii: "["))
            let count = depth > 4 ? range.lowerBound : Int.random(in: range, using: &random)
            for index in 0..<count {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                items.write(to: &text, &random, depth: depth + 1)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members, let extra)?:
            writeObject(members, extra, to: &text, &random, depth, given)
        case nil: text += Array("null".utf8)
        }
    }

    private func writeObject(
        _ members: [Member], _ extra: InstanceSketch?, to text: inout [UInt8], _ random: inout SeededRandom,
        _ depth: Int,
        _ given: Given?
    ) {
        text.append(UInt8(ascii: "{"))
        var isFirst = true
        for member in members {
            let isGiven = given?.path.first.map { $0 == member.key } ?? false
            guard isGiven || member.isRequired || depth < 3 && random.happens(50) else { continue }
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            text += member.key
            member.sketch.write(
                to: &text, &random, depth: depth + 1,
                given: isGiven ? given.map { ($0.path.dropFirst(), $0.json) } : nil)
        }
        if let extra, depth < 3, random.happens(15) {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            text += Array(#""x-undeclared":"#.utf8)
            extra.write(to: &text, &random, depth: depth + 1)
        }
        text.append(UInt8(ascii: "}"))
    }

    /// Code points of one, two, three and four bytes, and escapes.
    private static let letters: [[UInt8]] = ["a", "Z", " ", "ä", "漢", "\u{1F600}", "\\n", "\\\"", "\\u00e9", "{", "$"]
        .map {
            Array($0.utf8)
        }

    private static func writeString(_ least: Int, _ most: Int, to text: inout [UInt8], _ random: inout SeededRandom) {
        text.append(UInt8(ascii: "\""))
        for _ in 0..<Int.random(in: least...max(least, min(most, least + 6)), using: &random) {
            text += letters[random.below(letters.count)]
        }
        text.append(UInt8(ascii: "\""))
    }
}

/// What one way through a schema says.
private struct Facets {
    var types = ["null", "boolean", "integer", "string", "array", "object"]
    var values: [JSONValue]?
    var pattern: String?
    var namesAreSaid = false
    var format: String?
    var whole = 0...1000
    var leastLength = 0
    var mostLength = 12
    var items: JSONValue?
    var leastItems = 0
    var mostItems = 5
    var isUnique = false
    var properties: [(String, JSONValue)] = []
    var required: Set<String> = []
    var isClosed = false
    var extra: JSONValue?

    /// Nothing is said.
    init() {}

    /// What a schema says itself.
    init(_ node: JSONValue) {
        if let type = node["type"] {
            types = type.kind == .array ? type.elements.compactMap(\.string) : [type.string ?? "object"]
            if node["nullable"]?.bool == true { types.append("null") }
        } else if node["properties"] != nil {
            types = ["object"]
        }
        values = node["enum"].map { $0.elements.map(\.self) } ?? node["const"].map { [$0] }
        pattern = node["pattern"]?.string
        namesAreSaid = node["propertyNames"] != nil
        format = node["format"]?.string
        var least = node["minimum"]?.int ?? 0
        var most = node["maximum"]?.int ?? least + 1000
        if let limit = node["exclusiveMinimum"] { least = (limit.int ?? least) + 1 }
        if let limit = node["exclusiveMaximum"] { most = (limit.int ?? most) - 1 }
        whole = least...max(least, most)
        leastLength = node["minLength"]?.int ?? 0
        mostLength = node["maxLength"]?.int ?? 12
        items = node["items"]
        leastItems = node["minItems"]?.int ?? 0
        mostItems = node["maxItems"]?.int ?? 5
        isUnique = node["uniqueItems"]?.bool == true
        properties = node["properties"]?.members.map { ($0.name, $0.value) } ?? []
        required = Set(node["required"]?.elements.compactMap(\.string) ?? [])
        isClosed = node["additionalProperties"]?.bool == false
        extra = node["additionalProperties"].flatMap { $0.kind == .object ? $0 : nil }
    }

    /// Both hold.
    func joined(_ other: Facets) -> Facets {
        var both = self
        both.types = types.filter { type in
            other.types.contains(type) || type == "integer" && other.types.contains("number")
        }
        if types.contains("number"), other.types.contains("integer") { both.types.append("integer") }
        both.values = values ?? other.values
        both.pattern = pattern ?? other.pattern
        both.namesAreSaid = namesAreSaid || other.namesAreSaid
        both.format = format ?? other.format
        let least = max(whole.lowerBound, other.whole.lowerBound)
        both.whole = least...max(least, min(whole.upperBound, other.whole.upperBound))
        both.leastLength = max(leastLength, other.leastLength)
        both.mostLength = min(mostLength, other.mostLength)
        both.items = items ?? other.items
        both.leastItems = max(leastItems, other.leastItems)
        both.mostItems = min(mostItems, other.mostItems)
        both.isUnique = isUnique || other.isUnique
        both.properties += other.properties.filter { name, _ in !properties.contains { $0.0 == name } }
        both.required.formUnion(other.required)
        both.isClosed = isClosed || other.isClosed
        both.extra = extra ?? other.extra
        return both
    }
}

extension JSONWriter {
    /// `"name":` as it stands in JSON.
    fileprivate static func bytes(ofKey name: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(name)
        return writer.bytes + [UInt8(ascii: ":")]
    }
}
