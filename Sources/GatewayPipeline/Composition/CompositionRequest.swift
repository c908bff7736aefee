import CompositionLanguage
import HTTPExchanges
import NIOCore
import OpenAPIDocuments
import RequestRouting

/// The request of one call, written as it goes out.
struct CompositionRequest {
    /// Start line and fields, with framing and final empty line.
    let head: ByteBuffer
    /// The content.
    let content: ByteBuffer?
    /// What tells this request from others: target, parameters in header fields, content.
    let key: [UInt8]
    /// Groups of stored replies that are out of date when the request succeeds (RFC 9111 §4.4).
    let invalidates: [[UInt8]]

    /// Makes the request of a step; nil where a value that the operation requires is absent.
    ///
    /// - Parameters:
    ///   - scope: the element that the call is made for.
    ///   - keys: the elements that a batch asks for.
    init?(
        _ step: PlannedStep, _ row: RouteRow, _ template: PathTemplate, _ forwarded: [[UInt8]], _ run: CompositionRun,
        scope: ItemScope? = nil, keys: [[UInt8]] = []
    ) {
        let known = run.values
        var path: [UInt8] = []
        for piece in template.pieces {
            switch piece {
            case .literal(let text): path += Self.encoded(Array(text.utf8), keeping: "/:@!$&'()*+,;=%")
            case .expression(let name):
                guard
                    let argument = step.arguments.first(where: {
                        $0.parameter.location == .path && $0.parameter.name == name
                    }),
                    let value = known.text(argument.value, scope: scope), !value.isEmpty, value != [0x2E],
                    value != [0x2E, 0x2E]
                else { return nil }
                path += Self.encoded(value, keeping: "")
            }
        }
        var query: [UInt8] = []
        var fields: [UInt8] = []
        var cookies: [UInt8] = []
        for argument in step.arguments where argument.parameter.location != .path {
            let values = Self.values(argument.value, known, scope)
            guard !values.isEmpty else {
                if argument.parameter.isRequired { return nil }
                continue
            }
            Self.write(argument.parameter, values, &query, &fields, &cookies)
        }
        if let batch = step.fanOut?.batch {
            guard !keys.isEmpty else { return nil }
            Self.write(batch.into, keys, &query, &fields, &cookies)
        }
        var target = row.upstreamPath.bytes + path
        if target.isEmpty { target = [0x2F] }
        if !query.isEmpty { target += [0x3F] + query }
        if !cookies.isEmpty { fields += Array("Cookie: ".utf8) + cookies + [0x0D, 0x0A] }
        for (name, value) in run.clientFields where forwarded.contains(name) {
            fields += name + [0x3A, 0x20] + Self.clean(value) + [0x0D, 0x0A]
        }
        var content: ByteBuffer?
        if let body = step.body {
            var buffer = ByteBufferAllocator().buffer(capacity: 512)
            guard known.write(body, scope: scope, to: &buffer) else { return nil }
            content = buffer
        }
        key = target + [0x0A] + fields + [0x0A] + row.operation.utf8 + [0x0A] + row.api.utf8
        self.content = content
        invalidates = Self.invalidated(by: row, path, run.worker)
        head = Self.head(row, target, fields, content: content, run)
    }

    /// What a request for `path` makes invalid: the store knows replies by their public path, which is the mount's and then
    /// the operation's, in canonical form.
    private static func invalidated(by row: RouteRow, _ path: [UInt8], _ worker: GatewayWorker) -> [[UInt8]] {
        guard let invalidation = row.invalidation, let operation = row.contract else { return [] }
        let known = Array(row.template.utf8.dropLast(operation.pathTemplate.utf8.count)) + path
        return known.withUnsafeBytes { bytes in
            switch RequestPath.canonicalise(bytes, into: &worker.pathBuffer) {
            case .canonical: invalidation.groups(path: bytes)
            case .rewritten: invalidation.groups(path: worker.pathBuffer.bytes)
            case .refused: []
            }
        }
    }

    /// The head as it goes out.
    private static func head(
        _ row: RouteRow, _ target: [UInt8], _ fields: [UInt8], content: ByteBuffer?, _ run: CompositionRun
    ) -> ByteBuffer {
        var head = ByteBufferAllocator().buffer(capacity: 256 + target.count + fields.count)
        head.writeString(row.method)
        head.writeInteger(UInt8(0x20))
        head.writeBytes(target)
        head.writeStaticString(" HTTP/1.1\r\nHost: ")
        head.writeString(run.serving.snapshot.upstreams[row.upstream].targets.first?.name ?? "localhost")
        head.writeStaticString("\r\nAccept-Encoding: identity\r\n")
        let stated = Array("Accept: application/json\r\n".utf8) + fields
        head.writeBytes(row.headers?.request.applied(to: stated) ?? stated)
        head.writeStaticString("X-Request-Id: ")
        head.writeBytes(run.requestID)
        head.writeStaticString("\r\nVia: 1.1 lintel\r\n")
        if let content {
            head.writeStaticString("Content-Type: application/json\r\nContent-Length: ")
            head.writeString(String(content.readableBytes))
            head.writeStaticString("\r\n")
        } else if row.method == "POST" || row.method == "PUT" || row.method == "PATCH" {
            head.writeStaticString("Content-Length: 0\r\n")
        }
        head.writeStaticString("\r\n")
        return head
    }

    /// The value of a parameter: one, or for an array its elements; none where it is absent.
    private static func values(_ template: TextTemplate, _ known: CompositionValues, _ scope: ItemScope?) -> [[UInt8]] {
        if template.pieces.count == 1, case .value(let reference) = template.pieces[0],
            case .node(let part, let node) = known.locate(reference, scope: scope), part.kind(of: node) == .array
        {
            return part.elements(of: node).compactMap { known.text(.node(part, $0)) }
        }
        return known.text(template, scope: scope).map { [$0] } ?? []
    }

    /// Writes a parameter where it belongs.
    private static func write(
        _ parameter: Parameter, _ values: [[UInt8]], _ query: inout [UInt8], _ fields: inout [UInt8],
        _ cookies: inout [UInt8]
    ) {
        let name = Array(parameter.name.utf8)
        var explodes = true
        if case .schema(_, _, let explode) = parameter.content { explodes = explode }
        switch parameter.location {
        case .query:
            let encoded = values.map { Self.encoded($0, keeping: "") }
            let texts = explodes ? encoded : [Array(encoded.joined(separator: [0x2C]))]
            for text in texts {
                if !query.isEmpty { query.append(0x26) }
                query += Self.encoded(name, keeping: "") + [0x3D] + text
            }
        case .header:
            fields += name + [0x3A, 0x20] + clean(Array(values.joined(separator: [0x2C]))) + [0x0D, 0x0A]
        case .cookie:
            if !cookies.isEmpty { cookies += [0x3B, 0x20] }
            cookies += name + [0x3D] + Self.encoded(Array(values.joined(separator: [0x2C])), keeping: "")
        default: break
        }
    }

    /// A value without octets that a field line cannot hold (RFC 9110 §5.5).
    private static func clean(_ value: [UInt8]) -> [UInt8] { value.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 } }

    /// Percent-encodes everything but unreserved characters (RFC 3986 §2.3) and some others.
    static func encoded(_ text: [UInt8], keeping kept: StaticString) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        for byte in text {
            let isUnreserved =
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
                || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            let isKept = (0..<kept.utf8CodeUnitCount).contains { kept.utf8Start[$0] == byte }
            if isUnreserved || isKept {
                out.append(byte)
            } else {
                out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return out
    }
}
