/// Schemas and values made of an input's bytes: each byte is one choice, so that libFuzzer's small changes are small
/// changes of the schema.
struct SchemaSource {
    /// The choices that are left; behind the last one every choice is the first.
    private var choices: Slice<UnsafeRawBufferPointer>

    /// Takes the choices.
    init(choices: Slice<UnsafeRawBufferPointer>) { self.choices = choices }

    /// A number below a bound.
    private mutating func below(_ bound: Int) -> Int { Int(choices.popFirst() ?? 0) % bound }

    /// One of a list.
    private mutating func pick(_ list: [String]) -> String { list.isEmpty ? "" : list[below(list.count)] }

    /// Names of members.
    private static let names = ["a", "b", "c", "d", "a-rather-long-name", "é"]

    /// Scalars that meet the bounds below.
    private static let scalars = [
        "null", "true", "false", "0", "1", "1.0", "2", "-3", "2.5", "1e1", "1e-400", "12345678901234567890", "\"\"",
        "\"a\"", "\"b\"", "\"ab\"", "\"é🐲\"", "\"2020-01-01\"", "\"127.0.0.1\"", "\"a@b.c\"",
    ]

    /// A value.
    mutating func value(_ depth: Int) -> String {
        let form = below(depth > 0 ? 4 : 2)
        switch form {
        case 2: return "[" + (0..<below(5)).map { _ in value(depth - 1) }.joined(separator: ",") + "]"
        case 3: return object(count: below(5)) { $0.value(depth - 1) }
        default: return pick(Self.scalars)
        }
    }

    /// An object of so many names, each once.
    private mutating func object(count: Int, _ member: (inout SchemaSource) -> String) -> String {
        var members: [String] = []
        var used: Set<String> = []
        for _ in 0..<count {
            let name = pick(Self.names)
            let value = member(&self)
            if used.insert(name).inserted { members.append("\"\(name)\":\(value)") }
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// A schema.
    mutating func schema(_ depth: Int) -> String {
        if depth == 0 { return pick(["true", "false", "{}", #"{"type":"string"}"#, #"{"type":"integer"}"#]) }
        var members: [String] = []
        var used: Set<String> = []
        for _ in 0...below(4) {
            let keyword = pick(Self.keywords)
            let value = value(of: keyword, depth - 1)
            if used.insert(keyword).inserted { members.append("\"\(keyword)\":\(value)") }
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// Keywords of all dialects: what one does not know, it ignores.
    private static let keywords = [
        "type", "properties", "required", "additionalProperties", "patternProperties", "items", "prefixItems",
        "additionalItems", "contains", "minContains", "maxContains", "uniqueItems", "minItems", "maxItems", "enum",
        "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
        "pattern", "format", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "propertyNames", "minProperties",
        "maxProperties", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedProperties",
        "unevaluatedItems", "$ref", "$dynamicRef", "$dynamicAnchor", "nullable", "readOnly", "writeOnly",
        "discriminator",
    ]

    /// The value of a keyword.
    private mutating func value(of keyword: String, _ depth: Int) -> String {
        switch keyword {
        case "type":
            return pick([
                "\"string\"", "\"integer\"", "\"number\"", "\"object\"", "\"array\"", "[\"object\",\"array\"]",
                "[\"null\",\"string\"]", "\"null\"", "\"boolean\"",
            ])
        case "properties", "dependentSchemas": return object(count: below(4)) { $0.schema(depth) }
        case "dependencies": return object(count: below(3)) { $0.below(2) == 0 ? "[\"a\"]" : $0.schema(depth) }
        case "patternProperties": return "{\"^[ab]\":\(schema(depth)),\"c|d\":\(schema(depth)),\"\":true}"
        case "required": return pick(["[]", "[\"a\"]", "[\"b\",\"a\"]", "[\"a-rather-long-name\",\"é\"]"])
        case "dependentRequired": return pick(["{\"a\":[\"b\"]}", "{\"c\":[\"a\",\"d\"]}"])
        case "allOf", "anyOf", "oneOf", "prefixItems":
            return "[" + (0...below(4)).map { _ in schema(depth) }.joined(separator: ",") + "]"
        case "enum": return "[" + (0...below(5)).map { _ in value(1) }.joined(separator: ",") + "]"
        case "const": return value(2)
        case "uniqueItems", "nullable", "readOnly", "writeOnly": return pick(["true", "false"])
        case "pattern":
            return pick([
                "\"^a\"", "\"b$\"", "\"^(a|b)+$\"", "\"^[a-b]*$\"", "\"\\\\u{1F432}\"",
                "\"(a)\\\\1\"",
            ])
        case "format": return pick(["\"date\"", "\"ipv4\"", "\"uri\"", "\"email\"", "\"int32\"", "\"idn-hostname\""])
        case "$ref", "$dynamicRef": return pick(["\"#/$defs/x\"", "\"#/$defs/y\"", "\"#\"", "\"#n\""])
        case "$dynamicAnchor": return "\"n\""
        case "discriminator": return ##"{"propertyName":"a","mapping":{"b":"#/$defs/x"}}"##
        case "multipleOf": return pick(["2", "0.5", "1e-3"])
        case "minimum", "maximum": return pick(["0", "1", "2.5", "12345678901234567889"])
        case "exclusiveMinimum", "exclusiveMaximum": return pick(["0", "1", "true", "false"])
        case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties", "minContains",
            "maxContains":
            return pick(["0", "1", "2", "3.0"])
        default: return schema(depth)
        }
    }
}
