/// What the gateway does when more is asked of it than it can do.
package struct OverloadSettings: SettingsSection {
    /// How long a request may wait to be looked at; nil where nothing is shed for that.
    package let targetLatency: Duration?
    /// Bytes of memory beyond which requests are refused; nil where nothing is refused for that.
    package let memory: Int?

    /// The keys of the section.
    private enum Key {
        /// The key `targetLatency`.
        static let targetLatency = SettingKey(
            "targetLatency", .duration(.milliseconds(1)...(.seconds(60))),
            "How long a request may wait to be looked at; when all wait longer for 100 ms, those of low priority are shed."
        )
        /// The key `memory`.
        static let memory = SettingKey(
            "memory", .size((16 << 20)...QuantityText.largestSize),
            "Resident memory of the process beyond which requests are answered 503.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Overload", summary: "What is done when more is asked of the gateway than it can do.",
        keys: [Key.targetLatency.description, Key.memory.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        targetLatency = reader.given(Key.targetLatency)?.value
        memory = reader.given(Key.memory)?.value
        if !reader.has("targetLatency"), !reader.has("memory") {
            reader.context.run.report(
                "missing-key", "\(reader.context.path) needs one of the keys targetLatency, memory", at: reader.range)
        }
    }
}
