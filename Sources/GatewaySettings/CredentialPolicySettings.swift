import JSONDocuments
import SourceDiagnostics

/// A policy that asks for a key from a list.
package struct APIKeyPolicySettings: SettingsSection {
    /// Where the client puts the key.
    package enum Location: Sendable, Hashable {
        /// A header field of this name.
        case header(String)
        /// A query parameter of this name.
        case query(String)
        /// A cookie of this name.
        case cookie(String)
    }

    /// One key of the list.
    package struct Entry: Sendable {
        /// The key.
        package let key: Secret
        /// Who has it, for logs and limits; nil where the list does not say.
        package let consumer: String?
    }

    /// Where the client puts the key.
    package let location: Location
    /// The keys, at least one.
    package let keys: [Entry]

    /// The keys of a key policy.
    private enum Key {
        /// The key `header`.
        static let header = SettingKey(
            "header", .token(expected: "the name of a header field"), "The field that carries the key.")
        /// The key `query`.
        static let query = SettingKey(
            "query", .text(expected: "the name of a query parameter"), "The parameter that carries it.")
        /// The key `cookie`.
        static let cookie = SettingKey(
            "cookie", .token(expected: "the name of a cookie"), "The cookie that carries it.")
        /// The key `keys`.
        static let keys = SettingKey(
            "keys", ValueForm<[Entry]>.apiKeys(), "The keys, one a line; a name may follow each after a blank.",
            isRequired: true)
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "APIKeyPolicy", summary: "Asks for a key from a list, in a header field, a query parameter or a cookie.",
        keys: [Key.header.description, Key.query.description, Key.cookie.description, Key.keys.description],
        exactlyOneOf: ["header", "query", "cookie"])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let header = reader.given(Key.header)?.value
        let query = reader.given(Key.query)?.value
        let cookie = reader.given(Key.cookie)?.value
        let keys = reader.given(Key.keys)?.value
        guard let keys,
            let location = header.map(Location.header) ?? query.map(Location.query) ?? cookie.map(Location.cookie)
        else { return nil }
        self.location = location
        self.keys = keys
    }
}

extension ValueForm where Value == [APIKeyPolicySettings.Entry] {
    /// A secret whose lines are keys, each with a name after a blank where the line goes on. Empty lines count for
    /// nothing.
    static func apiKeys() -> ValueForm {
        let secret = ValueForm<Secret>.secret()
        return .single(.reference, show: { _ in "***" }) { value, context in
            guard let content = secret.read([value], context) else { return nil }
            return content.withBytes { bytes in
                var entries: [APIKeyPolicySettings.Entry] = []
                let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
                for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                    .enumerated()
                {
                    var line = line.drop { blanks.contains($0) }
                    while let last = line.last, last == UInt8(ascii: "\r") || blanks.contains(last) {
                        line.removeLast()
                    }
                    guard !line.isEmpty else { continue }
                    let end = line.firstIndex { blanks.contains($0) } ?? line.endIndex
                    let key = Secret(Array(line[..<end]))
                    if entries.contains(where: { $0.key == key }) {
                        context.run.report(
                            "duplicate-secret", "\(context.path): line \(index + 1) repeats the key of an earlier line",
                            at: value.range)
                        return nil
                    }
                    let name = line[end...].drop { blanks.contains($0) }
                    entries.append(
                        .init(key: key, consumer: name.isEmpty ? nil : String(decoding: name, as: UTF8.self)))
                }
                if entries.isEmpty {
                    context.run.report("empty-secret", "\(context.path) holds no key", at: value.range)
                    return nil
                }
                return entries
            }
        }
    }
}

/// A policy that asks for a name and a password (RFC 7617).
package struct BasicPolicySettings: SettingsSection {
    /// The content of the list: one `name:password` a line.
    package let users: Secret
    /// What the browser shows.
    package let realm: String

    /// The keys of a password policy.
    private enum Key {
        /// The key `users`.
        static let users = SettingKey("users", .secret(), "The users: one name:password a line.", isRequired: true)
        /// The key `realm`.
        static let realm = DefaultedKey("realm", .text(), "What browsers show when they ask.", builtIn: "lintel")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "BasicPolicy", summary: "Asks for a name and a password.",
        keys: [Key.users.description, Key.realm.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let users = reader.given(Key.users)?.value
        realm = reader.value(Key.realm)
        guard let users else { return nil }
        self.users = users
    }
}
