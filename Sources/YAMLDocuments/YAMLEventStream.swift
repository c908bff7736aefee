import CYAML

/// The events of one YAML text, one at a time: the only owner of libyaml's memory.
///
/// Invariant: `event` is either zero or the last event that was produced; it is freed before the next one is asked for
/// and when the stream ends, so no path can leak or free twice.
struct YAMLEventStream: ~Copyable {
    /// libyaml's state. It stands at a fixed address, since the library keeps pointers into it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// The current event.
    private let event: UnsafeMutablePointer<yaml_event_t>

    /// Starts to read a text.
    ///
    /// - Parameter text: UTF-8 without a byte order mark; it outlives the stream.
    /// - Returns: Nil when libyaml has no memory.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            return nil
        }
        // Without this a text that starts with FF FE or FE FF would be taken for UTF-16.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
        self.parser = parser
        event = .allocate(capacity: 1)
        event.initialize(to: yaml_event_t())
    }

    deinit {
        yaml_event_delete(event)
        event.deallocate()
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// Moves to the next event.
    ///
    /// - Returns: False when the text is not YAML; `failure` then says why.
    mutating func advance() -> Bool {
        yaml_event_delete(event)
        return yaml_parser_parse(parser, event) == 1
    }

    /// What kind of event is the current one.
    var type: yaml_event_type_t { event.pointee.type }

    /// Where the current event starts, its anchor and tag included.
    var startMark: yaml_mark_t { event.pointee.start_mark }

    /// Where the current event ends.
    var endMark: yaml_mark_t { event.pointee.end_mark }

    /// The content of a scalar event, escapes and folds resolved. Valid until the next event.
    var scalarText: UnsafeRawBufferPointer {
        guard type == YAML_SCALAR_EVENT, let value = event.pointee.data.scalar.value else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(start: value, count: event.pointee.data.scalar.length)
    }

    /// How a scalar event is written.
    var scalarStyle: yaml_scalar_style_t { event.pointee.data.scalar.style }

    /// Whether a collection is written in brackets or braces.
    var isFlow: Bool {
        switch type {
        case YAML_SEQUENCE_START_EVENT: event.pointee.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
        case YAML_MAPPING_START_EVENT: event.pointee.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
        default: false
        }
    }

    /// The anchor of a node, or the name that an alias refers to.
    var anchor: String? {
        switch type {
        case YAML_SCALAR_EVENT: Self.string(event.pointee.data.scalar.anchor)
        case YAML_SEQUENCE_START_EVENT: Self.string(event.pointee.data.sequence_start.anchor)
        case YAML_MAPPING_START_EVENT: Self.string(event.pointee.data.mapping_start.anchor)
        case YAML_ALIAS_EVENT: Self.string(event.pointee.data.alias.anchor)
        default: nil
        }
    }

    /// The tag of a node with its handle resolved: `tag:yaml.org,2002:str` for `!!str`.
    var tag: String? {
        switch type {
        case YAML_SCALAR_EVENT: Self.string(event.pointee.data.scalar.tag)
        case YAML_SEQUENCE_START_EVENT: Self.string(event.pointee.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT: Self.string(event.pointee.data.mapping_start.tag)
        default: nil
        }
    }

    /// Why the text is not YAML.
    struct Failure {
        /// What is wrong, in libyaml's words.
        let problem: String

        /// What libyaml was reading, such as `while parsing a block mapping`.
        let context: String?

        /// Where the problem shows; nil when only `byteOffset` is known.
        let mark: yaml_mark_t?

        /// Where the thing starts that was being read.
        let contextMark: yaml_mark_t?

        /// The offset of a byte that no YAML text may contain.
        let byteOffset: Int
    }

    /// Why the last `advance()` failed.
    var failure: Failure {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "the file cannot be read"
        switch state.error {
        case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
            let context = state.context.map { String(cString: $0) }
            return Failure(
                problem: problem, context: context, mark: state.problem_mark,
                contextMark: context == nil ? nil : state.context_mark, byteOffset: 0)
        case YAML_MEMORY_ERROR:
            return Failure(
                problem: "there is not enough memory", context: nil, mark: nil, contextMark: nil, byteOffset: 0)
        default:
            return Failure(
                problem: problem, context: nil, mark: nil, contextMark: nil,
                byteOffset: Int(clamping: state.problem_offset))
        }
    }

    /// A text of libyaml's as a string.
    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }
}
