import JSONDocuments
import SchemaEvaluation

/// `format`, and the contents of strings in draft 7.
extension SchemaCompiler {
    /// Compiles `format`, where it is asserted: by choice, or because the metaschema demands it (2020-12 §7.2.2).
    mutating func compileFormat(_ unit: inout SchemaUnit) {
        guard let value = unit[.format] else { return }
        guard let name = value.string else {
            reportValue(.format, "a string", value)
            return
        }
        guard var code = FormatCode(name: name) else { return }
        let isDemanded = unit.vocabulary.contains(.formatAssertion) && !options.formats.disabled.contains(name)
        guard options.formats.includes(name) || isDemanded else { return }
        switch code {
        case .int32, .int64, .float, .double, .byte, .base64url:
            // Formats of the OpenAPI registry.
            guard unit.dialect.isOpenAPI else { return }
        case .hostname:
            // Internationalised names came with draft 7.
            if unit.dialect == .draft4 || unit.dialect == .draft6 { code = .plainHostname }
        default: break
        }
        let step = Instruction(
            code.isNumeric ? .numberFormat : .format, a: UInt32(code.rawValue), location: location(of: value))
        if code.isNumeric { unit.numbers.append(step) } else { unit.strings.append(step) }
    }

    /// Compiles `contentEncoding` and `contentMediaType` of draft 7.
    mutating func compileContent(_ unit: inout SchemaUnit) {
        guard unit.dialect == .draft7, options.assertsContent else { return }
        let isBase64 = unit[.contentEncoding]?.string == "base64"
        let isJSON = unit[.contentMediaType]?.string == "application/json"
        guard let value = isJSON ? unit[.contentMediaType] : unit[.contentEncoding], isBase64 || isJSON else { return }
        let isReadable = isBase64 || unit[.contentEncoding] == nil
        guard isReadable else { return }
        let code: FormatCode = isBase64 ? (isJSON ? .base64JSONContent : .byte) : .jsonContent
        unit.strings.append(Instruction(.format, a: UInt32(code.rawValue), location: location(of: value)))
    }
}
