import JSONDocuments

/// Spans as an OTLP request in JSON (OpenTelemetry Protocol 1.x, "OTLP/HTTP", JSON Protobuf Encoding): ids in
/// hexadecimal, 64-bit numbers as text, enumerations as numbers.
package enum SpanEncoding {
    /// The content of `POST /v1/traces`.
    ///
    /// - Parameter service: the value of `service.name`.
    package static func request(_ spans: [TraceSpan], service: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("resourceSpans")
        writer.beginArray()
        writer.beginObject()
        writer.key("resource")
        writer.beginObject()
        write([("service.name", .text(service))], to: &writer)
        writer.endObject()
        writer.key("scopeSpans")
        writer.beginArray()
        writer.beginObject()
        writer.key("scope")
        writer.beginObject()
        writer.key("name")
        writer.string("lintel")
        writer.endObject()
        writer.key("spans")
        writer.beginArray()
        for span in spans { write(span, to: &writer) }
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ span: TraceSpan, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("traceId")
        writer.string(hexadecimal(span.context.traceHigh) + hexadecimal(span.context.traceLow))
        writer.key("spanId")
        writer.string(hexadecimal(span.context.span))
        if span.parent != 0 {
            writer.key("parentSpanId")
            writer.string(hexadecimal(span.parent))
        }
        writer.key("name")
        writer.string(span.name)
        writer.key("kind")
        writer.integer(span.kind.rawValue)
        writer.key("startTimeUnixNano")
        writer.string(String(span.start))
        writer.key("endTimeUnixNano")
        writer.string(String(span.start &+ Int64(clamping: span.nanoseconds)))
        write(span.attributes, to: &writer)
        if span.isError {
            writer.key("status")
            writer.beginObject()
            writer.key("code")
            writer.integer(2)
            writer.endObject()
        }
        writer.endObject()
    }

    private static func write(_ attributes: [(name: String, value: TraceSpan.Value)], to writer: inout JSONWriter) {
        writer.key("attributes")
        writer.beginArray()
        for attribute in attributes {
            writer.beginObject()
            writer.key("key")
            writer.string(attribute.name)
            writer.key("value")
            writer.beginObject()
            switch attribute.value {
            case .text(let text):
                writer.key("stringValue")
                writer.string(text)
            case .number(let number):
                writer.key("intValue")
                writer.string(String(number))
            }
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
    }

    /// Sixteen digits.
    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
