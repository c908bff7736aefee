import CompositionLanguage
import HTTPExchanges
import NIOCore
import OpenAPIDocuments
import RequestRouting
import ResponseCaching

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
    /// The path by which the store knows replies: the mount's and then the operation's, in canonical form. Empty where
    /// nothing is stored or made invalid.
    let publicPath: [UInt8]
    /// The query, in canonical form where the part is stored.
    let query: [UInt8]
    /// The fields that select a stored reply: those that go out, and what the client says to caches.
    let fields: FieldList

    /// Makes the request of a step; nil where a value that the operation requires is absent.
    ///
    /// - Parameters:
    ///   - scope: the element that the call is made for.
    ///   - keys: the elements that a batch asks for.
    ///   - plan: how the part is stored; nil where it is not.
    init?(
        _ step: PlannedStep, _ row: RouteRow, _ template: PathTemplate, _ forwarded: [[UInt8]], _ run: CompositionRun,
        scope: ItemScope? = nil, keys: [[UInt8]] = [], plan: CachePlan? = nil
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
        if let plan, !query.isEmpty {
            // What the service sees is what the key has.
            query = query.withUnsafeBytes { plan.inputs.canonical($0) }
        }
        var target = row.upstreamPath.bytes + path
        if target.isEmpty { target = [0x2F] }
        if !query.isEmpty { target += [0x3F] + query }
        if !cookies.isEmpty { fields += Array("Cookie: ".utf8) + cookies + [0x0D, 0x0A] }
        for (name, value) in run.client.credentials where forwarded.contains(name) {
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
        self.query = query
        publicPath =
            plan != nil || run.route.storesWhole || row.invalidation != nil
            ? Self.publicPath(of: row, path, run.worker) : []
        invalidates = publicPath.withUnsafeBytes { path in
            path.isEmpty ? [] : row.invalidation?.groups(path: path) ?? []
        }
        self.fields = plan != nil || run.route.storesWhole ? Self.list(fields, run.client) : FieldList()
        head = Self.head(row, target, fields, content: content, run)
    }

    /// The path that clients know; empty where it has no canonical form.
    private static func publicPath(of row: RouteRow, _ path: [UInt8], _ worker: GatewayWorker) -> [UInt8] {
        guard let operation = row.contract else { return [] }
        let known = Array(row.template.utf8.dropLast(operation.pathTemplate.utf8.count)) + path
        return known.withUnsafeBytes { bytes in
            switch RequestPath.canonicalise(bytes, into: &worker.pathBuffer) {
            case .canonical: Array(bytes)
            case .rewritten: Array(worker.pathBuffer.bytes)
            case .refused: []
            }
        }
    }

    /// Field lines as a list, names in small letters, with what the client says to caches.
    private static func list(_ lines: [UInt8], _ client: RunClient) -> FieldList {
        var list = FieldList([("accept", "application/json"), ("accept-encoding", "identity")])
        for line in lines.split(separator: 0x0A) {
            guard let colon = line.firstIndex(of: 0x3A) else { continue }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            let end = value.last == 0x0D ? value.index(before: value.endIndex) : value.endIndex
            line[..<colon].withUnsafeBytes { name in
                value[..<end].withUnsafeBytes { list.append(name: name, value: $0) }
            }
        }
        for (name, value) in client.directives {
            name.withUnsafeBytes { name in value.withUnsafeBytes { list.append(name: name, value: $0) } }
        }
        return list
    }

    /// The head as it goes out.
    private static func head(
        _ row: RouteRow, _ target: [UInt8], _ fields: [UInt8], content: ByteBuffer?, _ run: CompositionRun
    ) -> ByteBuffer {
        let client = run.client
        var head = ByteBufferAllocator().buffer(
            capacity: 320 + target.count + fields.count + 2 * client.host.count + client.address.count)
        head.writeString(row.method)
        head.writeInteger(UInt8(0x20))
        head.writeBytes(target)
        head.writeStaticString(" HTTP/1.1\r\nHost: ")
        if client.host.isEmpty {
            head.writeString(run.serving.snapshot.upstreams[row.upstream].targets.first?.name ?? "localhost")
        } else {
            head.writeBytes(client.host)
        }
        head.writeStaticString("\r\nAccept-Encoding: identity\r\n")
        let stated = Array("Accept: application/json\r\n".utf8) + fields
        head.writeBytes(row.headers?.request.applied(to: stated) ?? stated)
        head.writeStaticString("X-Forwarded-For: ")
        head.writeBytes(client.address)
        head.writeStaticString("\r\nX-Forwarded-Host: ")
        head.writeBytes(client.forwardedHost ?? client.host)
        head.writeStaticString(client.isSecure ? "\r\nX-Forwarded-Proto: https" : "\r\nX-Forwarded-Proto: http")
        head.writeStaticString("\r\nX-Request-Id: ")
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
