import CYAML
import JSONDocuments
import SourceDiagnostics

/// Builds a document from the events of one file.
///
/// One loop and an explicit stack of open collections; the tape is written front to back. A mistake that leaves the
/// structure intact is collected and reading goes on; any other is thrown with those collected before it.
struct YAMLComposer: ~Copyable {
    /// A collection that is open.
    private struct Frame {
        /// The index of its row.
        let index: Int

        /// Whether it is a mapping.
        let isMapping: Bool

        /// Whether it ends with a bracket or brace of its own.
        let isFlow: Bool

        /// Whether a key comes next; false in sequences.
        var expectsKey: Bool

        /// The anchor that names it.
        let anchor: String?

        /// Where its first byte stands.
        let lower: Int

        /// Where its last child ends.
        var upper: Int

        /// The height of its highest child.
        var height = 0
    }

    /// A node that has a name.
    private struct Anchor {
        /// The index of its row.
        let index: Int

        /// How many collections are nested in it, itself included; nil while it is open.
        var height: Int?
    }

    /// The events.
    private var events: YAMLEventStream

    /// Turns marks into byte offsets.
    private var translator: YAMLMarkTranslator

    /// The file, for diagnostics.
    private let file: SourceFile

    /// The bounds.
    private let limits: YAMLLimits

    /// The document so far.
    private var tape = JSONTape()

    /// The open collections, the outermost first.
    private var frames: [Frame] = []

    /// The nodes that have names.
    private var anchors: [String: Anchor] = [:]

    /// How many nodes aliases have expanded to.
    private var expandedNodes = 0

    /// The mistakes found so far.
    private(set) var problems: [Diagnostic] = []

    /// Whether mistakes that leave the structure intact refuse the file at its end.
    private let isStrict: Bool

    /// Makes a composer at the start of a file.
    init(
        events: consuming YAMLEventStream, translator: YAMLMarkTranslator, file: SourceFile, limits: YAMLLimits,
        isStrict: Bool
    ) {
        self.events = events
        self.translator = translator
        self.file = file
        self.limits = limits
        self.isStrict = isStrict
    }

    /// Hands the complete document over.
    consuming func finish() -> JSONTape { tape }

    /// Reads the whole file.
    mutating func compose() throws(YAMLSyntaxError) {
        var sawDocument = false
        while true {
            guard events.advance() else { throw syntaxFailure() }
            switch events.type {
            case YAML_DOCUMENT_START_EVENT:
                guard !sawDocument else {
                    throw stop("multiple-documents", "a second document starts here; a file holds one", range)
                }
                sawDocument = true
            case YAML_SCALAR_EVENT: try scalar()
            case YAML_ALIAS_EVENT: try alias()
            case YAML_SEQUENCE_START_EVENT, YAML_MAPPING_START_EVENT: try begin()
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: try end()
            case YAML_STREAM_END_EVENT:
                guard sawDocument else { throw emptyDocument() }
                if isStrict, let first = problems.first { throw YAMLSyntaxError(first, Array(problems.dropFirst())) }
                return
            default: break
            }
        }
    }

    /// The bytes of the current event.
    private var range: Range<Int> {
        mutating get {
            let lower = translator.offset(of: events.startMark)
            let upper = max(lower, translator.offset(of: events.endMark))
            guard events.type == YAML_SCALAR_EVENT,
                events.scalarStyle == YAML_LITERAL_SCALAR_STYLE || events.scalarStyle == YAML_FOLDED_SCALAR_STYLE
            else { return lower..<upper }
            // The mark behind a block scalar stands at the next token; the content ends before the white space.
            var end = upper
            while end > lower + 1, [0x20, 0x09, 0x0A, 0x0D].contains(file.bytes[end - 1]) { end -= 1 }
            return lower..<end
        }
    }

    /// Whether the next node is the name of a member.
    private var isKey: Bool { frames.last?.expectsKey ?? false }

    /// Takes a scalar event.
    private mutating func scalar() throws(YAMLSyntaxError) {
        let range = range
        let text = events.scalarText
        let isPlain = events.scalarStyle == YAML_PLAIN_SCALAR_STYLE
        if frames.isEmpty, isPlain, text.isEmpty, events.tag == nil { throw emptyDocument() }
        if let anchor = events.anchor { anchors[anchor] = Anchor(index: tape.count, height: 0) }
        if isKey {
            try key(text, isPlain: isPlain, range)
        } else {
            switch try resolve(text, isPlain: isPlain, range) {
            case .null: tape.appendNull(range)
            case .bool(let value): tape.appendBool(value, range)
            case .verbatimNumber: tape.appendNumber(text, range)
            case .number(let literal): literal.withUnsafeBytes { tape.appendNumber($0, range) }
            case .string, .notFinite, .tooLarge: tape.appendString(text, range)
            }
        }
        nodeEnded(at: range.upperBound, height: 0)
    }

    /// Takes the name of a member.
    private mutating func key(
        _ text: UnsafeRawBufferPointer, isPlain: Bool, _ range: Range<Int>
    ) throws(YAMLSyntaxError) {
        if let tag = events.tag, YAMLTag(tag, isScalar: true) == nil {
            try report("yaml-tag", "the tag \"\(tag)\" is not one of the core schema", range)
        } else if isPlain, text.isEmpty {
            try report("yaml-key", "a key is missing before the colon", range)
        } else if isPlain, text.elementsEqual("<<".utf8) {
            try report(
                "yaml-merge-key", "merge keys are not part of YAML 1.2", range,
                suggestion:
                    "repeat the members here, or use $ref; a key that is really named << is put in quotation marks")
        }
        tape.appendKey(text, range)
    }

    /// Finds what a scalar that is a value means; reports one that cannot be a value.
    private mutating func resolve(
        _ text: UnsafeRawBufferPointer, isPlain: Bool, _ range: Range<Int>
    ) throws(YAMLSyntaxError) -> YAMLScalar {
        var value = isPlain ? YAMLScalar.resolving(text) : .string
        if let name = events.tag {
            guard let tag = YAMLTag(name, isScalar: true) else {
                try report("yaml-tag", "the tag \"\(name)\" is not one of the core schema", range)
                return .string
            }
            guard let tagged = tag.resolve(text) else {
                try report("yaml-tag", "the text is not a value of the tag \(tag.shorthand)", range)
                return .string
            }
            value = tagged
        }
        switch value {
        case .notFinite:
            try report(
                "yaml-number", "infinities and NaN have no form in JSON", range,
                suggestion: "put the text in quotation marks if a string is meant")
        case .tooLarge:
            try report("yaml-number", "an octal or hexadecimal integer has more than 64 bits", range)
        default: break
        }
        return value
    }

    /// Takes the start of a collection.
    private mutating func begin() throws(YAMLSyntaxError) {
        let range = range
        let isMapping = events.type == YAML_MAPPING_START_EVENT
        guard !isKey else {
            throw stop("yaml-key", "a key is a scalar; a \(isMapping ? "mapping" : "sequence") cannot be one", range)
        }
        guard frames.count < limits.depth else {
            throw stop("yaml-depth", "values are nested more than \(limits.depth) deep", range)
        }
        if let name = events.tag {
            let tag = YAMLTag(name, isScalar: false)
            if tag == nil || !(tag == .unspecific || tag == (isMapping ? .map : .seq)) {
                try report(
                    "yaml-tag", "the tag \"\(name)\" does not fit a \(isMapping ? "mapping" : "sequence")", range)
            }
        }
        let anchor = events.anchor
        if let anchor { anchors[anchor] = Anchor(index: tape.count, height: nil) }
        frames.append(
            Frame(
                index: tape.count, isMapping: isMapping, isFlow: events.isFlow, expectsKey: isMapping, anchor: anchor,
                lower: range.lowerBound, upper: range.upperBound))
        if isMapping { tape.beginObject(at: range.lowerBound) } else { tape.beginArray(at: range.lowerBound) }
    }

    /// Takes the end of a collection.
    private mutating func end() throws(YAMLSyntaxError) {
        guard let frame = frames.popLast() else { return }
        let upper = frame.isFlow ? range.upperBound : frame.upper
        if frame.isMapping {
            tape.endObject(at: upper)
            try checkKeys(of: frame.index)
        } else {
            tape.endArray(at: upper)
        }
        let height = frame.height + 1
        // The name may have been given to a later node in the meantime.
        if let anchor = frame.anchor, anchors[anchor]?.index == frame.index { anchors[anchor]?.height = height }
        nodeEnded(at: upper, height: height)
    }

    /// Reports the keys of a mapping that repeat an earlier one.
    private mutating func checkKeys(of object: Int) throws(YAMLSyntaxError) {
        for (first, second) in tape.view.duplicateKeys(inObject: object, limit: limits.problems) {
            let view = tape.view
            let name = String(decoding: view.text(of: second), as: UTF8.self)
            let place = Int(view[second].lower)..<Int(view[second].upper)
            let firstPlace = Int(view[first].lower)..<Int(view[first].upper)
            try report(
                "duplicate-key", "the key \"\(name)\" is already defined in this mapping", place,
                notes: [Diagnostic.Note("the first definition is here", at: SourceRange(file: file, firstPlace))])
        }
    }

    /// Takes an alias: copies what it names.
    private mutating func alias() throws(YAMLSyntaxError) {
        let range = range
        let name = events.anchor ?? ""
        guard let anchor = anchors[name] else {
            throw stop(
                "yaml-alias", "nothing is named by an anchor &\(name) before this alias", range,
                suggestion: NearestName.suggestion(among: anchors.keys.sorted(), to: name))
        }
        guard let height = anchor.height else {
            throw stop("yaml-alias", "the alias *\(name) stands inside the node that it names", range)
        }
        let view = tape.view
        let length = Int(view[anchor.index].next) - anchor.index
        expandedNodes += length
        guard expandedNodes <= limits.expandedNodes else {
            throw stop("yaml-alias", "the aliases of the file expand to more than \(limits.expandedNodes) nodes", range)
        }
        guard frames.count + height <= limits.depth else {
            throw stop("yaml-depth", "values are nested more than \(limits.depth) deep by this alias", range)
        }
        if isKey {
            guard view[anchor.index].kind == .string else {
                throw stop("yaml-key", "the alias *\(name) does not name a string, so it cannot be a key", range)
            }
            tape.appendCopy(ofNodeAt: anchor.index, range: range, asKey: true)
        } else {
            tape.appendCopy(ofNodeAt: anchor.index, range: range)
        }
        nodeEnded(at: range.upperBound, height: height)
    }

    /// Notes in the collection around it that a node is complete.
    private mutating func nodeEnded(at upper: Int, height: Int) {
        guard let last = frames.indices.last else { return }
        frames[last].upper = max(frames[last].upper, upper)
        frames[last].height = max(frames[last].height, height)
        if frames[last].isMapping { frames[last].expectsKey.toggle() }
    }

    /// Collects a mistake; stops when there are too many.
    private mutating func report(
        _ code: String, _ message: String, _ range: Range<Int>, suggestion: String? = nil,
        notes: [Diagnostic.Note] = []
    ) throws(YAMLSyntaxError) {
        if problems.count + 1 >= limits.problems {
            throw stop(code, message, range, suggestion: suggestion, notes: notes)
        }
        problems.append(diagnostic(code, message, range, suggestion, notes))
    }

    /// The error for a mistake after which reading cannot go on, with those found before it.
    private func stop(
        _ code: String, _ message: String, _ range: Range<Int>, suggestion: String? = nil,
        notes: [Diagnostic.Note] = []
    ) -> YAMLSyntaxError {
        let last = diagnostic(code, message, range, suggestion, notes)
        guard let first = problems.first else { return YAMLSyntaxError(last) }
        return YAMLSyntaxError(first, problems.dropFirst() + [last])
    }

    /// Makes a diagnostic of this file.
    private func diagnostic(
        _ code: String, _ message: String, _ range: Range<Int>, _ suggestion: String?, _ notes: [Diagnostic.Note]
    ) -> Diagnostic {
        Diagnostic(
            .error, code, message, at: SourceRange(file: file, range), suggestion: suggestion, notes: notes)
    }

    /// The error for a file without content.
    private func emptyDocument() -> YAMLSyntaxError {
        stop("empty-document", "the file has no content", 0..<0)
    }

    /// The error for what libyaml does not accept.
    private mutating func syntaxFailure() -> YAMLSyntaxError {
        let failure = events.failure
        guard let mark = failure.mark else {
            let base = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            let offset = min(failure.byteOffset + base, file.bytes.count)
            return stop("yaml-syntax", failure.problem, offset..<min(offset + 1, file.bytes.count))
        }
        let offset = translator.offset(of: mark)
        var notes: [Diagnostic.Note] = []
        if let context = failure.context, let contextMark = failure.contextMark {
            let start = translator.offset(of: contextMark)
            notes.append(Diagnostic.Note(context, at: SourceRange(file: file, start..<start)))
        }
        return stop(
            "yaml-syntax", failure.problem, offset..<min(offset + 1, file.bytes.count),
            suggestion: suggestion(for: failure.problem, at: offset), notes: notes)
    }

    /// What to do about the mistakes that people make most.
    private func suggestion(for problem: String, at offset: Int) -> String? {
        if offset < file.bytes.count, file.bytes[offset] == 0x09 {
            return "YAML is indented with spaces, never with tabs"
        }
        if problem.hasPrefix("mapping values are not allowed") {
            return "text that contains a colon and a space is put in quotation marks"
        }
        if problem.hasPrefix("found character that cannot start") {
            return "text that starts with this character is put in quotation marks"
        }
        return nil
    }
}
