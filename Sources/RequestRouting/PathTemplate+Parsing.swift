extension PathTemplate {
    /// How long a template may be, in bytes.
    static let maximumLength = 4096

    /// How many segments a template may have, mount included. It bounds how deep a match goes.
    static let maximumSegments = 128

    /// Reads a template.
    ///
    /// - Parameter text: The template as the document has it, without the mount.
    /// - Returns: The template, or everything that is wrong with it in the order of the text.
    static func parse(_ text: String) -> Result<PathTemplate, TemplateFaults> {
        var parser = TemplateParser(text: Array(text.utf8))
        parser.run()
        guard parser.faults.isEmpty else { return .failure(TemplateFaults(all: parser.faults)) }
        return .success(PathTemplate(segments: parser.segments, names: parser.names))
    }

    /// A path that the template matches.
    var sample: [UInt8] { segments.flatMap { [PathOctet.slash] + $0.sample } }
}

/// All faults of one template.
struct TemplateFaults: Error {
    /// The faults; never empty.
    let all: [TemplateFault]
}

/// Goes through a template once and collects segments, names and faults.
private struct TemplateParser {
    /// The whole text.
    let text: [UInt8]

    /// The segments that are complete.
    var segments: [SegmentShape] = []

    /// The names found so far.
    var names: [String] = []

    /// The faults found so far.
    var faults: [TemplateFault] = []

    /// The literals of the segment at hand; an expression stands between each two.
    private var literals: [[UInt8]] = [[]]

    /// Where the next byte is read.
    private var index = 0

    init(text: [UInt8]) { self.text = text }

    /// Runs over the text.
    mutating func run() {
        guard text.first == PathOctet.slash else {
            return report("template-without-slash", "a path template starts with a slash", 0..<text.count)
        }
        guard text.count <= PathTemplate.maximumLength else {
            return report(
                "template-too-long", "a path template has at most \(PathTemplate.maximumLength) bytes", 0..<text.count)
        }
        index = 1
        while index < text.count {
            switch text[index] {
            case PathOctet.slash:
                endSegment()
                index += 1
            case 0x7B: readExpression()
            case 0x7D:
                report("template-unopened-expression", "a closing brace has no opening brace", index..<index + 1)
                index += 1
            default: readLiteral()
            }
        }
        endSegment()
        checkWhole()
    }

    /// Reads `{name}`.
    private mutating func readExpression() {
        let start = index
        var end = start + 1
        while end < text.count, text[end] != 0x7D, text[end] != 0x7B { end += 1 }
        guard end < text.count, text[end] == 0x7D else {
            let what = end < text.count ? "a brace stands inside another" : "an opening brace is not closed"
            report("template-unclosed-expression", what, start..<end)
            index = end
            return
        }
        index = end + 1
        let range = start..<index
        let name = String(decoding: text[start + 1..<end], as: UTF8.self)
        if name.isEmpty {
            report("template-empty-name", "an expression has no name", range)
        } else if names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
            // OpenAPI 3.2.0 section 4.8.2: each template expression MUST NOT appear more than once in a single path.
            report("template-duplicate-name", "the expression `\(name)` stands in the template twice", range)
        }
        if literals.count > 1, literals.last?.isEmpty == true {
            report(
                "template-adjacent-expressions",
                "nothing stands between two expressions, so no request says where the first value ends", range)
        }
        names.append(name)
        literals.append([])
    }

    /// Reads literal text up to a slash or a brace.
    private mutating func readLiteral() {
        let start = index
        while index < text.count, text[index] != PathOctet.slash, text[index] != 0x7B, text[index] != 0x7D {
            index += 1
        }
        do {
            literals[literals.count - 1] += try PathLiteral.canonical(text[start..<index])
        } catch {
            let at = start + error.offset
            report("template-\(error.kind)", error.message, at..<min(at + 1, index))
        }
    }

    /// Closes the segment at hand.
    private mutating func endSegment() {
        if literals.count == 1 {
            segments.append(.literal(literals[0]))
        } else if literals.count == 2, literals.allSatisfy(\.isEmpty) {
            segments.append(.expression)
        } else {
            segments.append(.mixed(literals))
        }
        literals = [[]]
    }

    /// Checks what concerns the template as a whole.
    private mutating func checkWhole() {
        if names.count > RouteCaptures.capacity {
            report(
                "template-too-many-expressions",
                "a path template has at most \(RouteCaptures.capacity) expressions", 0..<text.count)
        }
        if segments.count > PathTemplate.maximumSegments {
            report(
                "template-too-many-segments",
                "a path template has at most \(PathTemplate.maximumSegments) segments", 0..<text.count)
        }
        guard faults.isEmpty else { return }
        let sample = segments.flatMap { [PathOctet.slash] + $0.sample }
        if let refusal = PathLiteral.refusal(ofPath: sample) {
            report("template-unreachable", "no request can match: \(refusal.detail)", 0..<text.count)
        }
    }

    /// Notes a fault.
    private mutating func report(_ code: String, _ message: String, _ range: Range<Int>) {
        faults.append(TemplateFault(code: code, message: message, range: range))
    }
}
