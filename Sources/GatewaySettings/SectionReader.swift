import JSONDocuments
import SourceDiagnostics

/// A part of the settings that is a map with known keys.
protocol SettingsSection: Sendable {
    /// The keys, for the decoder and the JSON Schema.
    static var description: SectionDescription { get }
    /// Whether the section may stand in several files.
    static var isMergeable: Bool { get }
    /// Reads the keys; every key of `description` has to be asked for. Nil where something needed is missing or wrong,
    /// which has been reported then.
    init?(reading reader: SectionReader)
}

extension SettingsSection {
    /// Most sections stand in one file.
    static var isMergeable: Bool { false }
}

/// A key of a section with the type of its value. One table of keys serves the decoder, the unknown-key check and the
/// schema.
struct SettingKey<Value: Sendable>: Sendable {
    /// The key.
    let name: String
    /// The form of its value.
    let form: ValueForm<Value>
    /// What it sets, one sentence.
    let summary: String
    /// Whether the section is incomplete without it.
    let isRequired: Bool
    /// The feature that a value asks for, nil where it needs none.
    let feature: @Sendable (Value) -> SettingsFeature?

    /// Describes a key.
    init(
        _ name: String, _ form: ValueForm<Value>, _ summary: String, isRequired: Bool = false,
        feature: @escaping @Sendable (Value) -> SettingsFeature? = { _ in nil }
    ) {
        self.name = name
        self.form = form
        self.summary = summary
        self.isRequired = isRequired
        self.feature = feature
    }

    /// The key without the type of its value.
    var description: KeyDescription {
        KeyDescription(
            name: name, summary: summary, schema: form.schema, isRequired: isRequired, builtIn: nil,
            isMergeable: form.isMergeable)
    }
}

/// A key that has a built-in value.
struct DefaultedKey<Value: Sendable>: Sendable {
    /// The key.
    let key: SettingKey<Value>
    /// The value where the files give none.
    let builtIn: Value

    /// Describes a key.
    init(
        _ name: String, _ form: ValueForm<Value>, _ summary: String, builtIn: Value,
        feature: @escaping @Sendable (Value) -> SettingsFeature? = { _ in nil }
    ) {
        key = SettingKey(name, form, summary, feature: feature)
        self.builtIn = builtIn
    }

    /// The key without the type of its value.
    var description: KeyDescription {
        KeyDescription(
            name: key.name, summary: key.summary, schema: key.form.schema, isRequired: false,
            builtIn: key.form.show.map { $0(builtIn) }, isMergeable: key.form.isMergeable)
    }
}

/// Reads the keys of one section: reports unknown and repeated ones at once, hands out the others by type.
final class SectionReader {
    /// The section.
    let description: SectionDescription
    /// Where in the tree.
    let context: ValueContext
    /// The maps that make up the section: one, one for each file where it is merged, none where all is built in.
    let objects: [JSONValue]
    /// Where to report that something is missing.
    let range: SourceRange
    /// The values by key.
    private var members: [String: [JSONMember]] = [:]
    /// Keys that were asked for.
    private var asked: Set<String> = []
    /// Whether an unknown key was reported, which may be a misspelt known one.
    private var hasUnknown = false

    /// Takes the maps of a section; nil where none is a map, which is reported.
    init?(_ values: [JSONValue], description: SectionDescription, _ context: ValueContext) {
        self.description = description
        self.context = context
        // An empty value in YAML (`gateway:` and nothing below) is an empty map.
        objects = values.filter { $0.kind == .object || $0.kind == .null }
        for value in values where value.kind != .object && value.kind != .null {
            context.wrongType(value, expected: "a map")
        }
        guard let first = objects.first else { return nil }
        range = first.keyRange ?? first.range
        collect()
        checkExclusive()
    }

    /// Stands for a section that is not in the files, so that every key has its built-in value.
    init(absent description: SectionDescription, _ context: ValueContext, within range: SourceRange) {
        self.description = description
        self.context = context
        self.range = range
        objects = []
    }

    /// Whether a key stands in the section.
    func has(_ name: String) -> Bool { members[name] != nil }

    /// The place of a key's value, nil where it does not stand.
    func range(of name: String) -> SourceRange? { members[name]?.first?.value.range }

    /// The place of a key itself, nil where it does not stand.
    func keyRange(of name: String) -> SourceRange? { members[name]?.first?.key.range }

    /// The value of a key as it stands, for what a later part of the gateway reads.
    func raw(_ name: String) -> JSONValue? {
        asked.insert(name)
        return members[name]?.first?.value
    }

    /// The value of a key with its place; nil where it does not stand or is wrong.
    func given<Value>(_ key: SettingKey<Value>) -> Setting<Value>? {
        assert(
            description.names.contains(key.name), "\(key.name) is missing in the description of \(description.title)")
        asked.insert(key.name)
        guard let found = members[key.name], let first = found.first else {
            if key.isRequired {
                context.run.report(
                    "missing-key", "\(context.path.isEmpty ? "the file" : context.path) needs the key \(key.name)",
                    at: range)
            }
            return nil
        }
        let context = context.appending(key.name)
        guard let value = key.form.read(found.map(\.value), context) else { return nil }
        context.run.use(key.feature(value), at: first.value.range)
        if let show = key.form.show {
            context.run.leaves.append(
                SettingLeaf(path: context.path, text: show(value), origin: first.value.range))
        }
        return Setting(value, from: first.value.range)
    }

    /// The value of a key, or its built-in one (also where the value is wrong, which has been reported then).
    func value<Value>(_ defaulted: DefaultedKey<Value>) -> Value {
        if let given = given(defaulted.key) { return given.value }
        if !has(defaulted.key.name), let show = defaulted.key.form.show {
            context.run.leaves.append(
                SettingLeaf(
                    path: context.appending(defaulted.key.name).path, text: show(defaulted.builtIn), origin: nil))
        }
        return defaulted.builtIn
    }

    /// The section under a key; where the key does not stand, the section of the built-in values.
    func section<Value: SettingsSection>(_ key: SettingKey<Value>) -> Value? {
        if let given = given(key) { return given.value }
        guard !has(key.name) else { return nil }
        let reader = SectionReader(absent: Value.description, context.appending(key.name), within: range)
        let value = Value(reading: reader)
        reader.finish()
        return value
    }

    /// The content of a file that a key names; nil where it cannot be read, which is reported.
    func content(ofFile setting: Setting<String>) -> Secret? {
        switch context.run.environment.readFile(setting.value) {
        case .success(let bytes): return Secret(bytes)
        case .failure(let error):
            context.run.report(
                "unreadable-file",
                "\(context.path) needs the file \(setting.value), which cannot be read: \(error.reason)",
                at: setting.origin ?? range)
            return nil
        }
    }

    /// Reports a key that stands in the section and has no effect there.
    func refuse(_ name: String, _ reason: String) {
        guard let place = keyRange(of: name) else { return }
        context.run.report("unused-setting", "\(context.appending(name).path) has no effect: \(reason)", at: place)
    }

    /// Ends the reading: a key that is described and never asked for would be accepted and ignored.
    func finish() {
        assert(
            Set(description.names).isSubset(of: asked),
            "\(description.title) never reads \(Set(description.names).subtracting(asked).sorted())")
    }

    /// Sorts the members by key; reports unknown keys, and keys of several files (parsers refuse one twice in a map).
    private func collect() {
        let mergeable = Set(description.keys.filter(\.isMergeable).map(\.name))
        let known = Set(description.names)
        for object in objects {
            for member in object.members {
                guard known.contains(member.name) else {
                    hasUnknown = true
                    context.run.report(
                        "unknown-key",
                        "\(context.path.isEmpty ? "the file" : context.path) has no key \"\(member.name)\"",
                        at: member.key.range,
                        suggestion: NearestName.suggestion(among: description.names, to: member.name)
                            ?? "its keys are \(description.names.joined(separator: ", "))")
                    continue
                }
                if let earlier = members[member.name]?.first, !mergeable.contains(member.name) {
                    context.run.report(
                        "duplicate-name", "\(context.appending(member.name).path) is defined twice",
                        at: member.key.range, notes: [.init("the first definition", at: earlier.key.range)])
                    continue
                }
                members[member.name, default: []].append(member)
            }
        }
    }

    /// Reports where not exactly one of some keys stands.
    private func checkExclusive() {
        guard !description.exactlyOneOf.isEmpty else { return }
        let present = description.exactlyOneOf.filter { has($0) }
        let names = description.exactlyOneOf.joined(separator: ", ")
        if present.isEmpty {
            // An unknown key has been reported with what was probably meant.
            if !hasUnknown {
                context.run.report("missing-key", "\(context.path) needs one of the keys \(names)", at: range)
            }
        } else if present.count > 1, let second = keyRange(of: present[1]) {
            context.run.report(
                "conflicting-keys",
                "\(context.path) has \(present.joined(separator: " and ")), but only one of \(names) may stand",
                at: second)
        }
    }
}
