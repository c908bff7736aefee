import JSONDocuments
import OpenAPIDocuments
import SchemaEvaluation

/// How a value lies in text.
enum ValueStructure: Sendable, Equatable {
    /// One text, a list of texts, texts with names.
    case scalar, array, object
}

/// Up to three structures in the order in which they are tried; plain data, unlike an array.
struct StructureList: Sendable {
    /// The first one.
    let first: ValueStructure
    /// The second one, if there are two.
    private let second: ValueStructure
    /// The third one, if there are three.
    private let third: ValueStructure
    /// How many there are, at least one.
    let count: Int

    /// Takes the first three of a list; without any, a scalar.
    init(_ list: [ValueStructure]) {
        first = list.first ?? .scalar
        second = list.count > 1 ? list[1] : first
        third = list.count > 2 ? list[2] : first
        count = max(1, min(3, list.count))
    }

    /// The structure at a position.
    subscript(position: Int) -> ValueStructure { position == 0 ? first : position == 1 ? second : third }

    /// Whether a structure is in the list.
    func contains(_ structure: ValueStructure) -> Bool {
        (0..<count).contains { self[$0] == structure }
    }
}

/// How the text of a parameter is taken apart, whatever the version calls it.
enum ParameterLayout: Sendable, Equatable {
    /// One text with separators: `simple`, `form` and the delimited styles without explode.
    case separated(Separator)
    /// One text, `name=value` members with separators between: `simple` with explode.
    case assigned
    /// `form` with explode: repeated names for arrays, members as names for objects.
    case repeated
    /// `deepObject`.
    case deep
    /// `.a.b` and `.a,b` (RFC 6570 §3.2.5).
    case label(explode: Bool)
    /// `;name=a` (RFC 6570 §3.2.7).
    case matrix(explode: Bool)
    /// `content`: one text, in JSON.
    case json
    /// `content`: one text as it is.
    case text
    /// `content`: the text is a form.
    case form
    /// The text is XML.
    case xml
}

/// What separates the items of a value.
enum Separator: Sendable, Equatable {
    /// Characters.
    case comma, space, pipe, tab, dot, semicolon, ampersand
    /// Nothing separates.
    case none
}

/// What violations say about a value besides its location.
enum Subject: Sendable, Equatable {
    /// A parameter: it has a name.
    case parameter
    /// A field of a body: its name begins the pointer.
    case bodyField
    /// The whole body: there is no name.
    case body
}

/// A compiled parameter: of a request, or a header of a response or a part.
final class ParameterContract: Sendable {
    /// The name.
    let name: String
    /// The name as bytes; in small letters for headers.
    let nameBytes: [UInt8]
    /// The part of the message, as violations name it.
    let location: ContractViolation.Location
    /// What violations call it.
    let subject: Subject
    /// Whether it must be there.
    let isRequired: Bool
    /// Whether an empty value passes without regard to the schema.
    let allowsEmptyValue: Bool
    /// How its text is taken apart.
    let layout: ParameterLayout
    /// How its pieces are decoded.
    let form: FieldForm
    /// What the schema says about reading.
    let shape: ValueShape
    /// The readings to try, in this order; never empty.
    let structures: StructureList
    /// The schema; nil where any value is fine.
    let entry: SchemaEntry?
    /// JSON Pointer of the Parameter Object in its document.
    let pointer: String
    /// What schema pointers of violations begin with: not empty where the schema was cut out of its document.
    let schemaPrefix: String
    /// For `layout == .form`: how the members are read.
    let formFields: FormContract?
    /// For `layout == .xml`: where properties lie.
    let xmlPlan: XMLPlan?
    /// 2.0: a file, of which only the presence is checked.
    let isFile: Bool

    /// What the schema gives as default.
    let defaultValue: JSONValue?

    /// Whether any text will do once it is decoded.
    let isPlainText: Bool

    /// Takes all parts.
    init(
        name: String, location: ContractViolation.Location, subject: Subject = .parameter, isRequired: Bool,
        allowsEmptyValue: Bool,
        layout: ParameterLayout, form: FieldForm, shape: ValueShape, entry: SchemaEntry?, pointer: String,
        schemaPrefix: String = "", formFields: FormContract? = nil,
        xmlPlan: XMLPlan? = nil, isFile: Bool = false, defaultValue: JSONValue? = nil
    ) {
        self.name = name
        nameBytes = location == .header ? name.utf8.map(Octets.lowered) : Array(name.utf8)
        self.location = location
        self.subject = subject
        self.isRequired = isRequired
        self.allowsEmptyValue = allowsEmptyValue
        self.layout = layout
        self.form = form
        self.shape = shape
        self.entry = entry
        self.pointer = pointer
        self.schemaPrefix = schemaPrefix
        self.formFields = formFields
        self.isFile = isFile
        self.xmlPlan = xmlPlan
        self.defaultValue = defaultValue
        structures = StructureList(Self.structures(layout, shape))
        switch layout {
        case .separated, .assigned, .repeated, .text: isPlainText = shape.acceptsAnyText
        case .deep, .label, .matrix, .json, .form, .xml: isPlainText = false
        }
    }

    /// Which readings a shape allows. Without a declared type only scalars and arrays come into question for most
    /// layouts, because anything at all can be read as an object; brackets alone show one.
    private static func structures(_ layout: ParameterLayout, _ shape: ValueShape) -> [ValueStructure] {
        switch layout {
        case .json, .text, .form, .xml: return [.scalar]
        default: break
        }
        guard shape.isTyped else {
            // Properties without `type: object` are as good as the type where an object is all that makes sense.
            if !shape.members.isEmpty { return layout == .deep ? [.object, .scalar] : [.object, .scalar] }
            if shape.items != nil || !shape.prefix.isEmpty { return [.array, .scalar] }
            return layout == .deep ? [.object, .array, .scalar] : [.scalar, .array]
        }
        var out: [ValueStructure] = []
        if shape.types.contains(.object) { out.append(.object) }
        if shape.types.contains(.array) { out.append(.array) }
        if !shape.types.isDisjoint(with: [.string, .number, .boolean]) { out.append(.scalar) }
        return out.isEmpty ? [.scalar] : out
    }

    /// Whether its members are names of the query or form itself.
    var spreadsMembers: Bool { layout == .repeated && structures.first == .object }

    /// A violation of this parameter in words of ours: a clause without subject.
    func violation(_ code: String, _ clause: String) -> ContractViolation {
        let isBody = subject == .body
        return ContractViolation(
            location, name: subject == .parameter ? name : nil, pointer: fieldPointer, code: code,
            detail: Wording.sentence(isBody ? "the body" : name, "", clause), schema: pointer)
    }

    /// A violation that the schema program found.
    func violation(_ found: SchemaViolation) -> ContractViolation {
        let isBody = subject == .body
        return ContractViolation(
            location, name: subject == .parameter ? name : nil, pointer: fieldPointer + found.instancePointer,
            code: found.keyword,
            detail: Wording.finding(isBody ? "the body" : name, found.instancePointer, found.message),
            schema: schemaPrefix + found.schemaPointer)
    }

    /// What pointers into its value begin with: the name, for a field of a body.
    private var fieldPointer: String { subject == .bodyField ? "/" + JSONPointer.escaped(name) : "" }
}
