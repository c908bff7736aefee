import SourceDiagnostics

extension ValueForm where Value == BindAddress {
    /// An address to listen at.
    static func bind() -> ValueForm {
        .scalar(
            .text(
                pattern: "^(unix:/.+|[^/]+:[0-9]{1,5})$",
                examples: ["127.0.0.1:8080", "[::1]:8080", "unix:/run/lintel.sock"]),
            expected: "an address such as 127.0.0.1:8080, [::1]:8080 or unix:/run/lintel.sock", code: "bad-address",
            show: { $0.description }
        ) { text throws(ScalarObjection) in try BindAddress(parsing: text) }
    }
}

extension ValueForm where Value == WebURL {
    /// An http or https URL.
    static func url() -> ValueForm {
        .scalar(
            .text(pattern: "^https?://[^@#]+$", examples: ["https://id.example.com/jwks.json"]),
            expected: "a URL such as https://id.example.com/", code: "bad-url", show: { $0.description }
        ) { text throws(ScalarObjection) in try WebURL(parsing: text) }
    }
}

extension ValueForm where Value == EndpointURL {
    /// The address of a service.
    static func endpoint() -> ValueForm {
        .scalar(
            .text(pattern: "^https?://[^/@?#]+/?$", examples: ["http://127.0.0.1:9102"]),
            expected: "a URL such as http://127.0.0.1:9102", code: "bad-url", show: { $0.description }
        ) { text throws(ScalarObjection) in try EndpointURL(WebURL(parsing: text)) }
    }
}

extension ValueForm where Value == String {
    /// A host that requests name: a name, an IPv4 address or an IPv6 address in brackets; without port, in lower case.
    static func host() -> ValueForm {
        .scalar(
            .text(pattern: "^[^/:*]+$|^\\[[0-9A-Fa-f:.]+\\]$", examples: ["shop.example.com"]),
            expected: "a host name such as shop.example.com", code: "bad-host", show: { $0 }
        ) { text throws(ScalarObjection) in
            if text.hasPrefix("["), text.hasSuffix("]"), HostText.isIPv6(String(text.dropFirst().dropLast())) {
                return text.lowercased()
            }
            if text.contains("*") { throw ScalarObjection(reason: "wildcards are not supported") }
            guard HostText.isNameOrIPv4(text) else {
                throw ScalarObjection(reason: text.contains(":") ? "a host has neither scheme nor port" : nil)
            }
            return text.lowercased()
        }
    }

    /// A path prefix such as `/` or `/shop`: starts with a slash, no query, no template, no dot segments. A slash at
    /// its end is dropped, because prefixes hold on segment boundaries.
    static func pathPrefix() -> ValueForm {
        .scalar(
            .text(pattern: "^/[^?#{}]*$", examples: ["/", "/shop"]), expected: "a path such as / or /shop",
            code: "bad-path", show: { $0 }
        ) { text throws(ScalarObjection) in
            guard text.hasPrefix("/") else {
                throw ScalarObjection(reason: "it starts with a slash", suggestion: "write /\(text)")
            }
            let path = text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
            if path == "/" { return path }
            // RFC 3986 §3.3: pchar. Templates belong into the document.
            let special = Array("-._~!$&'()*+,;=:@%/".utf8)
            guard path.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || special.contains($0) }) else {
                throw ScalarObjection(reason: "it has characters that cannot stand in a path")
            }
            for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
                guard !segment.isEmpty else { throw ScalarObjection(reason: "it has an empty segment") }
                guard segment != ".", segment != ".." else { throw ScalarObjection(reason: "it has a dot segment") }
            }
            return path
        }
    }

    /// The path of a request that the gateway makes, with a query if need be.
    static func requestPath() -> ValueForm {
        .scalar(
            .text(pattern: "^/[^#]*$", examples: ["/healthz"]), expected: "a path such as /healthz", code: "bad-path",
            show: { $0 }
        ) { text throws(ScalarObjection) in
            guard text.hasPrefix("/"), !text.contains("#"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw ScalarObjection()
            }
            return text
        }
    }

    /// The path of a document, relative to the file that names it; the file has to exist.
    static func document() -> ValueForm {
        .single(.text(pattern: nil, examples: ["../specs/products.yaml"]), show: { $0 }) { value, context in
            guard let text = value.string else {
                context.wrongType(value, expected: "the path of an OpenAPI document")
                return nil
            }
            guard let expanded = ReferenceExpansion.expand(text, at: value.range, context) else { return nil }
            let path = String(decoding: expanded.bytes, as: UTF8.self)
            guard !path.isEmpty else {
                context.run.report(
                    "bad-path", "\(context.path) must be the path of an OpenAPI document", at: value.range)
                return nil
            }
            if path.contains("://") {
                context.run.report(
                    "bad-path", "\(context.path) must be the path of a file; documents are not loaded over a network",
                    at: value.range)
                return nil
            }
            let resolved = SettingsPath.resolve(path, besideFile: value.range.file.path)
            guard context.run.environment.isReadable(resolved) else {
                let folder = resolved.lastIndex(of: "/").map { String(resolved[..<$0]) } ?? "."
                let file = resolved.split(separator: "/").last.map(String.init) ?? resolved
                let names = (try? context.run.environment.listFolder(folder).get()) ?? []
                context.run.report(
                    "missing-file", "\(context.path) names a file that does not exist or cannot be read: \(resolved)",
                    at: value.range, suggestion: NearestName.suggestion(among: names.sorted(), to: file))
                return nil
            }
            context.run.note(file: resolved)
            return resolved
        }
    }
}

extension ValueForm where Value == Secret {
    /// A secret: a whole `${env:NAME}` or `${file:PATH}`, never text in the file itself.
    static func secret() -> ValueForm {
        .single(.reference, show: { $0.description }) { value, context in
            guard let text = value.string else {
                // The value may be the secret itself, so its content is not quoted.
                context.wrongType(value, expected: "${env:NAME} or ${file:PATH}")
                return nil
            }
            guard let expanded = ReferenceExpansion.expand(text, at: value.range, context) else { return nil }
            guard expanded.isReference else {
                context.run.report(
                    "literal-secret", "\(context.path) is a secret and must be ${env:NAME} or ${file:PATH}",
                    at: value.range)
                return nil
            }
            guard !expanded.bytes.isEmpty else {
                context.run.report(
                    "empty-secret", "\(context.path) stands for nothing: the secret is empty", at: value.range)
                return nil
            }
            return Secret(expanded.bytes)
        }
    }
}

extension ValueForm where Value == String {
    /// The path of a file that is read when it is used (a certificate, a key): `${file:PATH}`, or the path itself.
    static func filePath() -> ValueForm {
        .single(.text(pattern: nil, examples: ["${file:tls/cert.pem}"]), show: { $0 }) { value, context in
            guard let text = value.string, !text.isEmpty else {
                context.wrongType(value, expected: "${file:PATH}")
                return nil
            }
            guard text.hasPrefix("${file:") else {
                let path = SettingsPath.resolve(text, besideFile: value.range.file.path)
                guard !text.contains("${"), !text.contains("\n"), context.run.environment.isReadable(path) else {
                    // The text may be a key itself, so it is not quoted.
                    context.run.report(
                        "missing-file", "\(context.path) must be ${file:PATH} with the path of a file that can be read",
                        at: value.range)
                    return nil
                }
                context.run.note(file: path)
                return path
            }
            return ReferenceExpansion.expand(text, at: value.range, context)?.file
        }
    }
}
