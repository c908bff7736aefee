/// A policy that allows a number of requests at the same time.
package struct ConcurrencyPolicySettings: SettingsSection {
    /// What is counted by itself.
    package let key: RateLimitPolicySettings.Subject
    /// How many requests at the same time.
    package let limit: Int

    /// The keys of the policy.
    private enum Key {
        /// The key `key`.
        static let key = DefaultedKey(
            "key", ValueForm<RateLimitPolicySettings.Subject>.choice(), "What is counted by itself.",
            builtIn: .operation)
        /// The key `limit`.
        static let limit = SettingKey(
            "limit", .integer(1...1_000_000), "How many requests at the same time.", isRequired: true)
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "ConcurrencyPolicy", summary: "Allows a number of requests at the same time; others are answered 503.",
        keys: [Key.key.description, Key.limit.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        key = reader.value(Key.key)
        let limit = reader.given(Key.limit)?.value
        guard let limit else { return nil }
        self.limit = limit
    }
}
