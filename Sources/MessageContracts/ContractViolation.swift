/// One way in which a message breaks its contract, in the fields of a problem document's `errors`.
///
/// Nothing here repeats the offending value unless it was asked for: names of members and positions may appear.
package struct ContractViolation: Sendable, Equatable {
    /// The part of the message. The raw values are what `in` of the problem document says.
    package enum Location: String, Sendable {
        /// Parameters by where they come from, and content.
        case path, query, header, cookie, body
        /// The status line of a response.
        case status
    }

    /// The part of the message.
    package let location: Location
    /// The parameter's name; nil for the body.
    package let name: String?
    /// JSON Pointer into the parameter's value or the body.
    package let pointer: String
    /// The failed keyword, or a kebab-case word where no keyword failed: `required`, `repeated-parameter`,
    /// `undeclared-parameter`, `media-type`, `json-syntax`, `percent-encoding`, `utf-8`, `style`, ….
    package let code: String
    /// What is wrong, for people, in one clause.
    package let detail: String
    /// JSON Pointer of the keyword, or of the object that demands it, in the document.
    package let schema: String

    /// Takes all parts.
    package init(
        _ location: Location, name: String? = nil, pointer: String = "", code: String, detail: String, schema: String
    ) {
        self.location = location
        self.name = name
        self.pointer = pointer
        self.code = code
        self.detail = detail
        self.schema = schema
    }
}

/// Whether a message keeps its contract.
package enum ContractVerdict: Sendable, Equatable {
    /// It does.
    case accepted
    /// It does not.
    case rejected(ContractRefusal)

    /// Whether it does.
    package var isAccepted: Bool { self == .accepted }
}

/// How a broken request is to be answered.
package enum ContractRefusal: Sendable, Equatable {
    /// With 400.
    case violation
    /// With 413: the content is larger than allowed once its codings are undone (RFC 9110 §15.5.14).
    case contentSize
    /// With 415: the media type is missing, unreadable, undeclared or cannot be checked.
    case mediaType
    /// With 415 and Accept-Encoding: a content coding is not understood (RFC 9110 §15.5.16).
    case contentCoding

    /// The status code.
    package var status: Int {
        switch self {
        case .violation: 400
        case .contentSize: 413
        case .mediaType, .contentCoding: 415
        }
    }
}

/// Where violations go: nowhere on the fast path, into a list on the explaining one.
///
/// Both paths run the same code; only the sink differs, so they cannot disagree. A sink that does not collect
/// never allocates, and the first report ends the check.
struct ViolationSink {
    /// Whether violations are kept.
    let isCollecting: Bool
    /// How many are kept at most.
    let limit: Int
    /// Whether details may repeat values of the message.
    let echoesValues: Bool
    /// What was kept.
    private(set) var violations: [ContractViolation] = []

    /// A sink that only lets the check stop early.
    static var none: ViolationSink { ViolationSink(isCollecting: false, limit: 0, echoesValues: false) }

    /// A sink that keeps violations.
    static func collecting(_ limit: Int, echoesValues: Bool) -> ViolationSink {
        ViolationSink(isCollecting: true, limit: max(1, limit), echoesValues: echoesValues)
    }

    /// Starts empty.
    private init(isCollecting: Bool, limit: Int, echoesValues: Bool) {
        self.isCollecting = isCollecting
        self.limit = limit
        self.echoesValues = echoesValues
    }

    /// Whether more is wanted.
    var isFull: Bool { violations.count >= limit }

    /// Keeps a violation, made only if it is kept.
    @inline(__always)
    mutating func report(_ violation: () -> ContractViolation) {
        if isCollecting, violations.count < limit { violations.append(violation()) }
    }

    /// Keeps several.
    mutating func report(contentsOf list: [ContractViolation]) {
        for violation in list where isCollecting && violations.count < limit { violations.append(violation) }
    }
}
