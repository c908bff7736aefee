/// The kinds of objects that an OpenAPI document consists of, over all versions.
///
/// A kind names the rules for an object's fields. Versions differ in the rules, so the grammar is a table per version
/// and one walker serves them all.
package enum ObjectKind: UInt8, Sendable, CaseIterable {
    /// The objects that the specification describes, in its order; `items` is 2.0's Items Object.
    case document, info, contact, license, server, serverVariable, components, paths, pathItem, operation
    /// More of them.
    case externalDocumentation, parameter, requestBody, mediaType, encoding, responses, response, callback, example
    /// More of them.
    case link, header, tag, schema, discriminator, xml, securityScheme, flows, flow, items

    /// The name in prose, as the specification writes it.
    package var title: String {
        switch self {
        case .document: "the document"
        case .info: "the Info Object"
        case .contact: "the Contact Object"
        case .license: "the License Object"
        case .server: "the Server Object"
        case .serverVariable: "the Server Variable Object"
        case .components: "the Components Object"
        case .paths: "the Paths Object"
        case .pathItem: "the Path Item Object"
        case .operation: "the Operation Object"
        case .externalDocumentation: "the External Documentation Object"
        case .parameter: "the Parameter Object"
        case .requestBody: "the Request Body Object"
        case .mediaType: "the Media Type Object"
        case .encoding: "the Encoding Object"
        case .responses: "the Responses Object"
        case .response: "the Response Object"
        case .callback: "the Callback Object"
        case .example: "the Example Object"
        case .link: "the Link Object"
        case .header: "the Header Object"
        case .tag: "the Tag Object"
        case .schema: "the Schema Object"
        case .discriminator: "the Discriminator Object"
        case .xml: "the XML Object"
        case .securityScheme: "the Security Scheme Object"
        case .flows: "the OAuth Flows Object"
        case .flow: "the OAuth Flow Object"
        case .items: "the Items Object"
        }
    }
}

/// What may stand as a field's value.
package indirect enum ValueForm: Sendable {
    /// Anything at all: examples, defaults, bodies of links.
    case anything
    /// A string.
    case string
    /// `true` or `false`.
    case boolean
    /// An array of strings.
    case strings
    /// An object of this kind.
    case object(ObjectKind)
    /// An object of this kind, or a Reference Object to one.
    case reference(ObjectKind)
    /// An array of that.
    case list(ValueForm)
    /// An object with free names and such values; `x-` names are names here.
    case map(ValueForm)
    /// `headers` of a response or an encoding: field names to headers.
    case headers
    /// `paths`: names begin with a slash or with `x-`.
    case paths
    /// `responses`: status keys.
    case responses
    /// A callback: runtime expressions to path items.
    case expressions
    /// `security`: a list of maps from scheme names to scopes.
    case security
}

/// A field that an object may have.
package struct FieldRule: Sendable {
    /// The name.
    package let name: String
    /// FNV-1a of the name, compared first.
    let hash: UInt64
    /// What may stand there.
    package let form: ValueForm
    /// Whether the object is broken without it.
    package let isRequired: Bool
    /// Whether a mistake here makes the contract unenforceable; else it is a warning.
    package let isStructural: Bool

    /// A field; prose fields are not structural.
    init(_ name: String, _ form: ValueForm, required: Bool = false, prose: Bool = false) {
        self.name = name
        self.hash = FieldHash.of(name)
        self.form = form
        self.isRequired = required
        self.isStructural = !prose
    }
}

/// The fields of one kind of object in one version.
package struct ObjectRule: Sendable {
    /// Every declared field.
    package let fields: [FieldRule]
    /// Whether undeclared fields without `x-` are reported.
    package let reportsUnknown: Bool

    /// The declared field with this name's hash.
    @inline(__always)
    func field(_ hash: UInt64) -> FieldRule? {
        for field in fields where field.hash == hash { return field }
        return nil
    }
}

/// FNV-1a, 64 bit, over UTF-8: names of fields are compared by it. No two fields of an object have the same hash.
package enum FieldHash {
    /// The hash of a text.
    package static func of(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }

    /// The hash of bytes.
    @inlinable
    package static func of(_ text: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}

/// All object rules of one version.
package struct ObjectGrammar: Sendable {
    /// The version described.
    package let version: OpenAPIVersion
    /// Rules by the raw value of the kind.
    private let rules: [ObjectRule]

    /// The rule of a kind.
    @inline(__always)
    package func rule(_ kind: ObjectKind) -> ObjectRule { rules[Int(kind.rawValue)] }

    /// Builds the table of a version.
    private init(_ version: OpenAPIVersion) {
        self.version = version
        rules = ObjectKind.allCases.map { kind in
            let fields = version == .version2 ? Self.fieldsOfVersion2(kind) : Self.fieldsOfVersion3(kind, version)
            assert(Set((fields ?? []).map(\.hash)).count == fields?.count ?? 0, "two fields with the same hash")
            return ObjectRule(fields: fields ?? [], reportsUnknown: fields != nil && kind != .schema && kind != .items)
        }
    }

    /// Whether the version knows the kind at all.
    func knows(_ kind: ObjectKind) -> Bool { !rule(kind).fields.isEmpty }

    /// 2.0.
    private static let version2 = ObjectGrammar(.version2)
    /// 3.0.
    private static let version30 = ObjectGrammar(.version30)
    /// 3.1.
    private static let version31 = ObjectGrammar(.version31)
    /// 3.2.
    private static let version32 = ObjectGrammar(.version32)

    /// The grammar of a version.
    package static func of(_ version: OpenAPIVersion) -> ObjectGrammar {
        switch version {
        case .version2: version2
        case .version30: version30
        case .version31: version31
        case .version32: version32
        }
    }
}
