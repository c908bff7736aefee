import JSONDocuments

/// No prose brings a script along: as an element, as a handler of an event, as a URL.
struct ScriptInMarkdown: LintRule {
    static let profile = RuleProfile(
        id: "no-script-tags-in-markdown",
        summary: "No description, title or summary contains `<script`, an `on…=` handler or a `javascript:` URL.",
        why: "Markdown may hold HTML, so a description can run code in the browser of everybody who reads it.",
        category: .info,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, description: A <b>good</b> description.}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, description: <script>console.log('here')</script>}
            """)

    static let interests: [NodeInterest] = [.every(.prose)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let fault = node.value.withText(Self.fault) else { return }
        context.report("Markdown descriptions must not have \(fault).", at: node.value)
    }

    /// What is wrong with a text, in words.
    private static func fault(in text: UnsafeRawBufferPointer) -> String? {
        // Almost no prose has either of these.
        if text.contains(UInt8(ascii: "<")) {
            if TextSearch.contains("<script", in: text) { return "\"<script>\" tags" }
            if hasHandler(text) { return "handlers of events" }
        }
        return TextSearch.contains("javascript:", in: text) ? "\"javascript:\" URLs" : nil
    }

    /// Whether a tag of HTML has an attribute that begins with `on`.
    private static func hasHandler(_ text: UnsafeRawBufferPointer) -> Bool {
        var isInTag = false
        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "<"): isInTag = index + 1 < text.count && TextSearch.isLetter(text[index + 1])
            case UInt8(ascii: ">"): isInTag = false
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "/"):
                if isInTag, isHandler(text, from: index + 1) { return true }
            default: break
            }
        }
        return false
    }

    /// Whether `on`, letters and an equals sign stand at an index.
    private static func isHandler(_ text: UnsafeRawBufferPointer, from start: Int) -> Bool {
        guard start + 3 < text.count, text[start] | 0x20 == 0x6F, text[start + 1] | 0x20 == 0x6E else { return false }
        var index = start + 2
        while index < text.count, TextSearch.isLetter(text[index]) { index += 1 }
        while index < text.count, text[index] == 0x20 { index += 1 }
        return index > start + 2 && index < text.count && text[index] == UInt8(ascii: "=")
    }
}
