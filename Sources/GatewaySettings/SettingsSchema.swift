import JSONDocuments

/// The JSON Schema (2020-12) of the configuration files, for editors: what `lintel schema` prints.
///
/// It is written from the same descriptions of keys that the decoder reads with, so the two cannot say different
/// things. It knows forms, not names: that an upstream exists, or that a document can be read, is for `lintel check`.
package struct SettingsSchema: Sendable {
    /// The schema as JSON text, one member a line, ended by a line break.
    package static var text: String {
        var schema = SettingsSchema()
        schema.write()
        return schema.writer.text + "\n"
    }

    /// What is written.
    private var writer = JSONWriter(.pretty)
    /// Sections that are referred to, in the order found.
    private var sections: [SectionDescription] = []
    /// Maps whose values are read elsewhere, in the order found.
    private var shallow: [(title: String, summary: String, keys: [String])] = []

    /// The pattern of a reference to a variable or a file.
    private static let referencePattern = "\\$\\{(env:[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?|file:[^}]+)\\}"

    /// Writes everything.
    private mutating func write() {
        let root = RootSection.description
        collect(root)
        writer.beginObject()
        member("$schema", "https://json-schema.org/draft/2020-12/schema")
        member("title", "Lintel settings")
        properties(of: root)
        writer.key("$defs")
        writer.beginObject()
        for section in sections where section.title != root.title {
            writer.key(section.title)
            writer.beginObject()
            properties(of: section)
            writer.endObject()
        }
        for map in shallow {
            writer.key(map.title)
            writer.beginObject()
            member("description", map.summary)
            member("type", "object")
            writer.key("properties")
            writer.beginObject()
            for key in map.keys {
                writer.key(key)
                writer.bool(true)
            }
            writer.endObject()
            writer.key("additionalProperties")
            writer.bool(false)
            writer.endObject()
        }
        writer.endObject()
        writer.endObject()
    }

    /// Finds all sections below a section.
    private mutating func collect(_ section: SectionDescription) {
        guard !sections.contains(where: { $0.title == section.title }) else { return }
        sections.append(section)
        for key in section.keys { collect(key.schema) }
    }

    /// Finds all sections within a value.
    private mutating func collect(_ schema: ValueSchema) {
        switch schema {
        case .section(let section): collect(section)
        case .list(let element, _), .mapping(let element, _): collect(element)
        case .any(let forms): for form in forms { collect(form) }
        case .shallow(let title, let summary, let keys):
            if !shallow.contains(where: { $0.title == title }) { shallow.append((title, summary, keys)) }
        case .text, .reference, .integer, .constant, .boolean, .choice, .anything: break
        }
    }

    /// Writes the members of a section's schema into the open object.
    private mutating func properties(of section: SectionDescription) {
        member("description", section.summary)
        // An empty value in YAML is null, and stands for an empty map where nothing is required.
        let required = section.keys.filter(\.isRequired).map(\.name)
        if required.isEmpty, section.exactlyOneOf.isEmpty {
            strings("type", ["object", "null"])
        } else {
            member("type", "object")
        }
        writer.key("properties")
        writer.beginObject()
        for key in section.keys {
            writer.key(key.name)
            writer.beginObject()
            member("description", key.summary + (key.builtIn.map { " Built-in: \($0)." } ?? ""))
            value(key.schema)
            writer.endObject()
        }
        writer.endObject()
        if !required.isEmpty { strings("required", required) }
        if !section.exactlyOneOf.isEmpty {
            writer.key("oneOf")
            writer.beginArray()
            for name in section.exactlyOneOf {
                writer.beginObject()
                strings("required", [name])
                writer.endObject()
            }
            writer.endArray()
        }
        writer.key("additionalProperties")
        writer.bool(false)
    }

    /// Writes the members of a value's schema into the open object.
    private mutating func value(_ schema: ValueSchema) {
        switch schema {
        case .anything: break
        case .boolean:
            alternatives([{ $0.member("type", "boolean") }, { $0.wholeReference() }])
        case .reference:
            wholeReference()
        case .constant(let number):
            writer.key("const")
            writer.integer(number)
        case .integer(let minimum, let maximum):
            alternatives([
                { $0.bounds(minimum, maximum) },
                { $0.wholeReference() },
            ])
        case .text(nil, let examples):
            member("type", "string")
            strings("examples", examples)
        case .text(let pattern?, let examples):
            alternatives([
                {
                    $0.member("type", "string")
                    $0.member("pattern", pattern)
                },
                { $0.partialReference() },
            ])
            strings("examples", examples)
        case .choice(let words):
            alternatives([
                { $0.strings("enum", words) },
                { $0.partialReference() },
            ])
        case .any(let forms):
            alternatives(forms.map { form in { $0.value(form) } })
        case .list(let element, let minimum):
            member("type", "array")
            if minimum > 0 {
                writer.key("minItems")
                writer.integer(minimum)
            }
            writer.key("items")
            writer.beginObject()
            value(element)
            writer.endObject()
        case .mapping(let element, let names):
            strings("type", ["object", "null"])
            writer.key("propertyNames")
            writer.beginObject()
            member("pattern", names)
            writer.endObject()
            writer.key("additionalProperties")
            writer.beginObject()
            value(element)
            writer.endObject()
        case .section(let section): member("$ref", "#/$defs/\(section.title)")
        case .shallow(let title, _, _): member("$ref", "#/$defs/\(title)")
        }
    }

    /// Writes `anyOf`.
    private mutating func alternatives(_ forms: [(inout SettingsSchema) -> Void]) {
        writer.key("anyOf")
        writer.beginArray()
        for form in forms {
            writer.beginObject()
            form(&self)
            writer.endObject()
        }
        writer.endArray()
    }

    /// Writes what a value that is one whole reference looks like.
    private mutating func wholeReference() {
        member("type", "string")
        member("pattern", "^" + Self.referencePattern + "$")
    }

    /// Writes what a value with a reference in it looks like.
    private mutating func partialReference() {
        member("type", "string")
        member("pattern", Self.referencePattern)
    }

    /// Writes the schema of a whole number.
    private mutating func bounds(_ minimum: Int, _ maximum: Int) {
        member("type", "integer")
        writer.key("minimum")
        writer.integer(minimum)
        writer.key("maximum")
        writer.integer(maximum)
    }

    /// Writes a member with a string.
    private mutating func member(_ name: String, _ value: String) {
        writer.key(name)
        writer.string(value)
    }

    /// Writes a member with a list of strings; nothing where the list is empty.
    private mutating func strings(_ name: String, _ values: [String]) {
        guard !values.isEmpty else { return }
        writer.key(name)
        writer.beginArray()
        for value in values { writer.string(value) }
        writer.endArray()
    }
}
