import JSONDocuments

/// A form that a value can have: how it is read, how it is shown, and how the JSON Schema describes it.
///
/// Forms are values, composed like the settings themselves: a list of durations is `.list(.duration())`. Reading
/// reports what is wrong to the run and gives nil; it never stops the reading of the rest.
struct ValueForm<Value: Sendable>: Sendable {
    /// What the JSON Schema says.
    let schema: ValueSchema
    /// Whether the values of several files are merged; if not, a second one is a mistake that the section reports.
    var isMergeable = false
    /// Reads the values: one, or several where they are merged.
    let read: @Sendable (_ values: [JSONValue], _ context: ValueContext) -> Value?
    /// Shows a value in the words of the files; nil for what is no leaf (a section shows its own keys).
    let show: (@Sendable (Value) -> String)?

    /// Makes a form for single values.
    static func single(
        _ schema: ValueSchema, show: (@Sendable (Value) -> String)?,
        read: @escaping @Sendable (_ value: JSONValue, _ context: ValueContext) -> Value?
    ) -> ValueForm {
        ValueForm(
            schema: schema,
            read: { values, context in values.first.flatMap { read($0, context) } },
            show: show)
    }

    /// Lists of this form.
    ///
    /// - Parameter minimum: how many entries there have to be.
    static func list<Element: Sendable>(_ element: ValueForm<Element>, minimum: Int = 0) -> ValueForm
    where Value == [Element] {
        var showList: (@Sendable ([Element]) -> String)?
        if let show = element.show {
            showList = { "[" + $0.map(show).joined(separator: ", ") + "]" }
        }
        return .single(.list(element.schema, minimum: minimum), show: showList) { value, context in
            guard value.kind == .array else {
                context.wrongType(value, expected: "a list")
                return nil
            }
            if value.count < minimum {
                context.run.report("empty-list", "\(context.path) needs at least one entry", at: value.range)
                return nil
            }
            let read = value.elements.enumerated().map { element.read([$1], context.appending(String($0))) }
            let good = read.compactMap(\.self)
            return good.count == read.count ? good : nil
        }
    }

    /// Maps from names to values of a form, merged over all files.
    ///
    /// - Parameters:
    ///   - rule: which names are allowed.
    ///   - element: the form of the values.
    static func mapping<Element: Sendable>(of element: ValueForm<Element>, names rule: NameRule) -> ValueForm
    where Value == [Named<Element>] {
        ValueForm(
            schema: .mapping(element.schema, names: rule.pattern), isMergeable: true,
            read: { values, context in
                var result: [Named<Element>] = []
                var first: [String: JSONValue] = [:]
                for value in values {
                    // An empty value in YAML (`apis:` and nothing below) is an empty map.
                    guard value.kind == .object || value.kind == .null else {
                        context.wrongType(value, expected: "a map")
                        continue
                    }
                    for member in value.members {
                        if let earlier = first[member.name] {
                            context.run.report(
                                "duplicate-name", "\(context.path).\(member.name) is defined twice",
                                at: member.key.range,
                                notes: [.init("the first definition", at: earlier.range)])
                            continue
                        }
                        first[member.name] = member.key
                        if let reason = rule.objection(to: member.name) {
                            context.run.report(
                                "bad-name", "\(reason), so \"\(member.name)\" cannot stand in \(context.path)",
                                at: member.key.range)
                        }
                        if let read = element.read([member.value], context.appending(member.name)) {
                            result.append(Named(name: member.name, range: member.key.range, value: read))
                        }
                    }
                }
                return result
            },
            show: nil)
    }

    /// Sections: maps with known keys.
    static func section() -> ValueForm where Value: SettingsSection {
        ValueForm(
            schema: .section(Value.description), isMergeable: Value.isMergeable,
            read: { values, context in
                guard let reader = SectionReader(values, description: Value.description, context) else { return nil }
                let value = Value(reading: reader)
                reader.finish()
                return value
            },
            show: nil)
    }
}

/// Which names may be given to a kind of thing.
enum NameRule: Sendable {
    /// Letters, digits, `-`, `_`: what stands in paths, metrics and before a point in references.
    case plain
    /// The same with points: what nothing is ever appended to.
    case dotted
    /// Names of header fields (RFC 9110 §5.6.2).
    case token
    /// Whatever a document may contain: operations, tags, security schemes.
    case free

    /// The names as a pattern (ECMA-262).
    var pattern: String {
        switch self {
        case .plain: "^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$"
        case .dotted: "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"
        case .token: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
        case .free: "^.+$"
        }
    }

    /// What is wrong with a name, nil where nothing is.
    func objection(to name: String) -> String? {
        let allowed: (UInt8) -> Bool = { byte in
            byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || (self == .dotted && byte == UInt8(ascii: "."))
        }
        switch self {
        case .token:
            return !name.isEmpty && name.utf8.allSatisfy(\.isTokenCharacter)
                ? nil : "a field name has letters, digits and !#$%&'*+-.^_`|~ only"
        case .free:
            return name.isEmpty ? "a name has at least one character" : nil
        case .plain, .dotted:
            guard name.utf8.count <= 128 else { return "a name has at most 128 characters" }
            guard let first = name.utf8.first, first.isASCIILetter || first.isASCIIDigit, name.utf8.allSatisfy(allowed)
            else {
                return self == .plain
                    ? "a name starts with a letter or digit and goes on with letters, digits, - and _"
                    : "a name starts with a letter or digit and goes on with letters, digits, ., - and _"
            }
            return nil
        }
    }
}
