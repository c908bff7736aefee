import ContentDecoding
import JSONDocuments
import OpenAPIDocuments
import SchemaEvaluation

/// What is done with content of a media type.
enum ContentTreatment: Sendable, Equatable {
    /// Parsed as JSON and checked.
    case json
    /// Cut into items, which are checked each and all together.
    case sequence(SequenceFormat)
    /// Checked as text.
    case text
    /// Read as an urlencoded form and checked.
    case form
    /// Read as parts and checked.
    case multipart
    /// Parsed as XML and checked.
    case xml
    /// Its size is checked.
    case sizedOctets
    /// Passed on without a look: nothing to check.
    case opaque
    /// Refused: it would have to be checked and cannot be.
    case refused
}

/// A key of a compiled `content` map.
final class ContentContract: Sendable {
    /// The key.
    let range: MediaTypeRange
    /// The schema of the whole content; nil where any will do.
    let entry: SchemaEntry?
    /// 3.2: the schema of each item of a sequence.
    let itemEntry: SchemaEntry?
    /// Whether the schema of the whole content describes a sequence as an array. OpenAPI 3.2 §4.14.4.1 says that it
    /// does; before, nothing was said, and only one that could mean an array is taken so.
    let describesSequences: Bool
    /// What the schema says about reading from text.
    let shape: ValueShape
    /// The content as a parameter-like value: text and forms.
    let value: ParameterContract?
    /// Whether there is a schema at all.
    let hasSchema: Bool
    /// JSON Pointer of the Media Type Object.
    let pointer: String
    /// Whether what cannot be checked is refused (requests) or passed (responses).
    let failsClosed: Bool

    /// Takes all parts.
    init(
        range: MediaTypeRange, entry: SchemaEntry?, itemEntry: SchemaEntry?, describesSequences: Bool,
        shape: ValueShape, value: ParameterContract?,
        hasSchema: Bool, pointer: String, failsClosed: Bool
    ) {
        self.range = range
        self.entry = entry
        self.itemEntry = itemEntry
        self.describesSequences = describesSequences
        self.shape = shape
        self.value = value
        self.hasSchema = hasSchema
        self.pointer = pointer
        self.failsClosed = failsClosed
    }

    /// What is done with content of a kind.
    func treatment(_ kind: ContentKind) -> ContentTreatment {
        let helpless: ContentTreatment = failsClosed ? .refused : .opaque
        switch kind {
        case .json: return .json
        case .sequence(let format):
            guard itemEntry != nil || hasSchema else { return .opaque }
            return entry == nil || describesSequences ? .sequence(format) : helpless
        case .form:
            guard hasSchema || value?.formFields != nil else { return .opaque }
            return value?.formFields != nil ? .form : helpless
        case .multipart:
            guard hasSchema || itemEntry != nil || value?.formFields != nil else { return .opaque }
            return value?.formFields != nil && itemEntry == nil ? .multipart : helpless
        case .text: return textTreatment(otherwise: helpless)
        case .octets:
            if shape.isBinary { return shape.acceptsAnyText ? .opaque : .sizedOctets }
            return textTreatment(otherwise: helpless)
        case .xml:
            guard needsCheck else { return .opaque }
            return value?.xmlPlan != nil ? .xml : helpless
        }
    }

    /// Whether the schema refuses anything that text could be.
    private var needsCheck: Bool { hasSchema && !shape.acceptsAnyText }

    /// Text is checked if the schema is one of scalars.
    private func textTreatment(otherwise helpless: ContentTreatment) -> ContentTreatment {
        guard needsCheck else { return .opaque }
        if !shape.isTyped { return .text }
        return shape.types.isDisjoint(with: [.string, .number, .boolean]) ? helpless : .text
    }
}

/// A compiled body: of a request, or of a response with some status.
final class BodyContract: Sendable {
    /// Whether there must be content.
    let isRequired: Bool
    /// By key.
    let content: [ContentContract]
    /// JSON Pointer of the Request Body or Response Object.
    let pointer: String
    /// Policies that need no parsing of the field value.
    let literals: [(text: [UInt8], policy: BodyPolicy)]

    /// Takes all parts.
    convenience init(isRequired: Bool, content: [ContentContract], pointer: String) {
        self.init(
            isRequired: isRequired, content: content, pointer: pointer,
            literals: Self.literals(content, isRequired: isRequired, pointer: pointer))
    }

    /// Takes all parts.
    init(
        isRequired: Bool, content: [ContentContract], pointer: String, literals: [(text: [UInt8], policy: BodyPolicy)]
    ) {
        self.isRequired = isRequired
        self.content = content
        self.pointer = pointer
        self.literals = literals
    }

    /// The best key for a media type; nil if none matches.
    func select(_ media: MediaTypeText) -> Int? {
        var best = 0
        var found: Int?
        for (index, candidate) in content.enumerated() {
            let score = candidate.range.specificity(for: media)
            if score > best {
                best = score
                found = index
            }
        }
        return found
    }
}

/// What the gateway does with the content of a message, decided by the head alone.
package struct BodyPolicy: Sendable {
    /// What to do.
    package enum Action: Sendable, Equatable {
        /// Any content is a broken contract: none is declared, or its media type is missing, unreadable, undeclared or
        /// cannot be checked. An empty body is fine unless one is required.
        case refused(RefusalReason)
        /// Content passes as it comes; nothing has to be buffered.
        case opaque
        /// The whole content is to be handed to `checkBody`.
        case checked
    }

    /// Why content is refused.
    package enum RefusalReason: String, Sendable {
        /// The operation or response declares no content.
        case undeclaredContent = "undeclared-content"
        /// No Content-Type.
        case missingType = "missing-content-type"
        /// Several Content-Type fields, or one that is not well-formed.
        case malformedType = "malformed-content-type"
        /// A media type that the contract does not list.
        case undeclaredType = "undeclared-media-type"
        /// A media type that the contract describes by a schema that cannot be applied to it yet.
        case uncheckableType = "uncheckable-media-type"
        /// A content coding that is not understood on content that has to be checked.
        case contentCoding = "content-coding"
    }

    /// What to do.
    package let action: Action
    /// Whether there must be content.
    package let isRequired: Bool
    /// The key of the content map; -1 without one.
    let index: Int
    /// How content is checked.
    let treatment: ContentTreatment
    /// For multipart: the boundary.
    let boundary: [UInt8]?
    /// What has to be undone before content is checked.
    let codings: ContentCodings

    /// A policy.
    init(
        _ action: Action, isRequired: Bool, index: Int = -1, treatment: ContentTreatment = .opaque,
        boundary: [UInt8]? = nil, codings: ContentCodings = .none
    ) {
        self.action = action
        self.isRequired = isRequired
        self.index = index
        self.treatment = treatment
        self.boundary = boundary
        self.codings = codings
    }

    /// Content of any type passes.
    static let open = BodyPolicy(.opaque, isRequired: false)

    /// Whether the body must be collected for `checkBody`.
    package var needsBody: Bool { action == .checked }
}
