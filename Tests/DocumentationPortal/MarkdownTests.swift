import Testing

@testable import DocumentationPortal

/// Descriptions as pages show them.
@Suite("Markdown")
struct MarkdownTests {
    /// A text as HTML.
    static func html(_ text: String) -> String {
        var page = HTML()
        Markdown.render(text, into: &page)
        return String(decoding: page.bytes, as: UTF8.self)
    }

    @Test(
        "what descriptions use",
        arguments: [
            ("a\nb", "<p>a\nb</p>"), ("a\n\nb", "<p>a</p><p>b</p>"), ("# T", "<h3>T</h3>"), ("## T ##", "<h4>T</h4>"),
            ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"), ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
            ("- a\n  - b", "<ul><li><p>a</p><ul><li>b</li></ul></li></ul>"),
            ("> q", "<blockquote><p>q</p></blockquote>"), ("---", "<hr>"),
            ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"), ("    x", "<pre><code>x\n</code></pre>"),
            ("`a<b`", "<p><code>a&lt;b</code></p>"),
            ("**b** *i* _j_", "<p><strong>b</strong> <em>i</em> <em>j</em></p>"),
            ("snake_case_name", "<p>snake_case_name</p>"), ("2 * 3 * 4", "<p>2 * 3 * 4</p>"), (#"\*a\*"#, "<p>*a*</p>"),
            ("[t](/x)", "<p><a href=\"/x\" rel=\"noopener noreferrer nofollow\">t</a></p>"),
            (
                "see https://example.com/a.",
                "<p>see <a href=\"https://example.com/a\" rel=\"noopener noreferrer nofollow\">https://example.com/a</a>.</p>"
            ),
            (
                "| a | b |\n|---|---|\n| 1 | 2 |",
                "<div class=\"wide\"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table></div>"
            ),
        ])
    func forms(text: String, expected: String) { #expect(Self.html(text) == expected) }

    @Test(
        "nothing of a document runs, loads or leads astray",
        arguments: [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java\u{0A}script:alert(1))", "[x](\u{01}javascript:alert(1))", "[x](data:text/html,<script>)",
            "[x](vbscript:x)",
            "![x](javascript:alert(1))", "[x](//evil.example)", "<javascript:alert(1)>", "[a](<javascript:alert(1)>)",
            "[x](\"onmouseover=alert(1) a=\")", "`</code><script>`", "```\n</code></pre><script>\n```",
            "| <script> |\n|---|",
            "<a href=\"javascript:alert(1)\">x</a>", "[x]( javascript:alert(1))", "# <iframe src=//evil.example>",
        ])
    func hostile(text: String) {
        let html = Self.html(text)
        let tags = html.split(separator: "<").dropFirst(html.hasPrefix("<") ? 0 : 1).map { $0.prefix { $0 != ">" } }
        let names = Set(tags.map { $0.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber } })
        #expect(names.isDisjoint(with: ["script", "img", "iframe", "svg", "style", "object"]), "\(html)")
        for tag in tags where tag.hasPrefix("a ") {
            let address = tag.split(separator: "\"").dropFirst().first.map(String.init) ?? ""
            #expect(Inline.safe(address) != nil, "\(html)")
            #expect(!tag.contains(" on"), "\(html)")
        }
    }

    @Test(
        "hostile lengths are rendered in bounded time",
        arguments: [
            String(repeating: "*a ", count: 60_000), String(repeating: "[", count: 100_000),
            String(repeating: "`", count: 100_001),
            String(repeating: "> ", count: 50_000) + "x", String(repeating: "- ", count: 50_000),
            String(repeating: "![a](", count: 30_000),
            String(repeating: "a|", count: 60_000) + "\n" + String(repeating: "-|", count: 60_000),
            String(repeating: "_a", count: 90_000),
            String(repeating: "x", count: 2_000_000),
        ])
    func lengths(text: String) {
        let took = ContinuousClock().measure { _ = Self.html(text) }
        #expect(took < .seconds(5), "\(took)")
    }
}
