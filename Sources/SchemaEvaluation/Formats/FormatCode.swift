import PatternMatching

/// The formats that are asserted, by their numbers in programs.
///
/// Sources: JSON Schema 2020-12 validation §7.3, the OpenAPI Format Registry, OpenAPI 3.0 §4.4.
package enum FormatCode: UInt8, Sendable, CaseIterable {
    /// RFC 3339 date-time.
    case dateTime
    /// RFC 3339 full-date.
    case date
    /// RFC 3339 full-time.
    case time
    /// RFC 3339 appendix A duration.
    case duration
    /// RFC 5321 mailbox.
    case email
    /// RFC 6531 mailbox.
    case idnEmail
    /// RFC 1123 host name.
    case hostname
    /// RFC 1123 host name without a look at A-labels: what drafts 4 and 6 mean by `hostname`.
    case plainHostname
    /// RFC 5890 host name.
    case idnHostname
    /// RFC 2673 §3.2 dotted quad.
    case ipv4
    /// RFC 4291 §2.2 address.
    case ipv6
    /// RFC 3986 URI.
    case uri
    /// RFC 3986 URI or relative reference.
    case uriReference
    /// RFC 3987 IRI.
    case iri
    /// RFC 3987 IRI or relative reference.
    case iriReference
    /// RFC 6570 template.
    case uriTemplate
    /// RFC 6901 pointer.
    case jsonPointer
    /// Relative JSON Pointer.
    case relativeJSONPointer
    /// ECMA-262 pattern.
    case regex
    /// RFC 4122 UUID.
    case uuid
    /// RFC 4648 §4 base64.
    case byte
    /// RFC 4648 §5 base64.
    case base64url
    /// A JSON text: `contentMediaType` of draft 7.
    case jsonContent
    /// A JSON text in base64: `contentMediaType` with `contentEncoding` of draft 7.
    case base64JSONContent
    /// Signed integer of 32 bits.
    case int32
    /// Signed integer of 64 bits.
    case int64
    /// Number within the range of binary32.
    case float
    /// Number within the range of binary64.
    case double

    /// The name in schemas.
    package var name: String {
        switch self {
        case .dateTime: "date-time"
        case .date: "date"
        case .time: "time"
        case .duration: "duration"
        case .email: "email"
        case .idnEmail: "idn-email"
        case .hostname, .plainHostname: "hostname"
        case .idnHostname: "idn-hostname"
        case .ipv4: "ipv4"
        case .ipv6: "ipv6"
        case .uri: "uri"
        case .uriReference: "uri-reference"
        case .iri: "iri"
        case .iriReference: "iri-reference"
        case .uriTemplate: "uri-template"
        case .jsonPointer: "json-pointer"
        case .relativeJSONPointer: "relative-json-pointer"
        case .regex: "regex"
        case .uuid: "uuid"
        case .byte: "byte"
        case .base64url: "base64url"
        case .jsonContent: "JSON"
        case .base64JSONContent: "JSON in base64"
        case .int32: "int32"
        case .int64: "int64"
        case .float: "float"
        case .double: "double"
        }
    }

    /// The format of a name, `nil` for one that is not asserted (`password`, `binary`, unknown ones).
    package init?(name: String) {
        guard let code = Self.byName[name] else { return nil }
        self = code
    }

    /// The formats by name, without the variants that have none of their own.
    private static let byName: [String: FormatCode] = {
        let variants: Set<FormatCode> = [.plainHostname, .jsonContent, .base64JSONContent]
        return Dictionary(uniqueKeysWithValues: allCases.filter { !variants.contains($0) }.map { ($0.name, $0) })
    }()

    /// Whether the format speaks of numbers rather than of strings.
    package var isNumeric: Bool {
        switch self {
        case .int32, .int64, .float, .double: true
        default: false
        }
    }

    /// Whether a text has a format.
    /// - Parameters:
    ///   - code: The format's number in the program.
    ///   - text: UTF-8.
    static func holds(_ code: UInt32, _ text: UnsafeRawBufferPointer) -> Bool {
        guard let format = FormatCode(rawValue: UInt8(truncatingIfNeeded: code)) else { return true }
        return format.holds(text)
    }

    /// Whether a number has a format.
    /// - Parameters:
    ///   - code: The format's number in the program.
    ///   - literal: A JSON number.
    static func holds(_ code: UInt32, number literal: UnsafeRawBufferPointer) -> Bool {
        switch FormatCode(rawValue: UInt8(truncatingIfNeeded: code)) {
        case .int32: NumberFormat.isInt32(literal)
        case .int64: NumberFormat.isInt64(literal)
        case .float: NumberFormat.isFloat(literal)
        case .double: NumberFormat.isDouble(literal)
        default: true
        }
    }

    /// Whether a text has this format; formats of numbers hold for every text.
    /// - Parameter text: UTF-8.
    package func holds(_ text: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .dateTime: DateTimeFormat.isDateTime(text)
        case .date: DateTimeFormat.isDate(text)
        case .time: DateTimeFormat.isTime(text)
        case .duration: DurationFormat.isDuration(text)
        case .email: EmailFormat.isEmail(text, international: false)
        case .idnEmail: EmailFormat.isEmail(text, international: true)
        case .hostname: HostnameFormat.isHostname(text, international: false)
        case .plainHostname: HostnameFormat.isPlainHostname(text)
        case .idnHostname: HostnameFormat.isHostname(text, international: true)
        case .ipv4: AddressFormat.isIPv4(text)
        case .ipv6: AddressFormat.isIPv6(text)
        case .uri: URIFormat.isURI(text, international: false)
        case .uriReference: URIFormat.isReference(text, international: false)
        case .iri: URIFormat.isURI(text, international: true)
        case .iriReference: URIFormat.isReference(text, international: true)
        case .uriTemplate: URITemplateFormat.isTemplate(text)
        case .jsonPointer: PointerFormat.isPointer(text)
        case .relativeJSONPointer: PointerFormat.isRelativePointer(text)
        case .regex: Pattern.isValid(text)
        case .uuid: UUIDFormat.isUUID(text)
        case .byte: Base64Format.isBase64(text)
        case .base64url: Base64Format.isBase64URL(text)
        case .jsonContent: ContentFormat.isJSON(text)
        case .base64JSONContent: ContentFormat.isBase64JSON(text)
        case .int32, .int64, .float, .double: true
        }
    }
}
