import JSONDocuments
import SourceDiagnostics

/// An API: a document, where clients reach it, and the upstream that carries it out.
package struct APISettings: SettingsSection {
    /// What becomes of a request that the document does not declare.
    package enum Undeclared: String, Sendable, CaseIterable {
        /// 404 or 405.
        case reject
        /// It is forwarded, counted and logged.
        case report
        /// It is forwarded.
        case pass
    }

    /// Who can reach the API.
    package enum Exposure: String, Sendable, CaseIterable {
        /// Clients.
        case `public`
        /// Compositions only.
        case `internal`
    }

    /// What describes the API's operations.
    package enum Contract: Sendable {
        /// The OpenAPI document at a path.
        case document(Setting<String>)
        /// Methods of gRPC, whose messages pass as they are.
        case grpc([GRPCMethod])
    }

    /// What describes the operations.
    package let contract: Contract
    /// Path of the document; nil where none describes the operations.
    package var spec: String? {
        if case .document(let path) = contract { path.value } else { nil }
    }
    /// The public prefix: `/`, or a path without a slash at its end. Holds on segment boundaries.
    package let mount: String
    /// What replaces the mount towards the upstream; same form.
    package let upstreamPath: String
    /// Hosts for which it answers, in lower case, without port; empty means any.
    package let hosts: [String]
    /// Name of the upstream.
    package let upstream: Setting<String>
    /// What becomes of a request that the document does not declare.
    package let undeclared: Undeclared
    /// Who can reach it.
    package let expose: Exposure
    /// What carries out the security schemes of the document.
    package let security: SecurityBinding
    /// What it says about its exchanges.
    package let layer: SettingsLayer
    /// The same by tag.
    package let tags: [Named<SettingsLayer>]
    /// The same by operation.
    package let operations: [Named<SettingsLayer>]

    /// The keys of an API.
    private enum Key {
        /// The key `spec`.
        static let spec = SettingKey(
            "spec", .document(), "The OpenAPI document, relative to this file.")
        /// The key `grpc`.
        static let grpc = SettingKey(
            "grpc", ValueForm<[GRPCMethod]>.list(.grpcMethod(), minimum: 1),
            "Instead of a document: methods of gRPC that pass through, as package.Service/Method or package.Service/*.")
        /// The key `mount`.
        static let mount = DefaultedKey(
            "mount", .pathPrefix(),
            "The public prefix, on a segment boundary; the servers of the document play no part.",
            builtIn: "/")
        /// The key `upstreamPath`.
        static let upstreamPath = DefaultedKey(
            "upstreamPath", .pathPrefix(), "What replaces the mount towards the upstream.", builtIn: "/")
        /// The key `hosts`.
        static let hosts = DefaultedKey(
            "hosts", ValueForm<[String]>.list(.host()), "Hosts for which it answers; none means any.", builtIn: [])
        /// The key `upstream`.
        static let upstream = SettingKey(
            "upstream", .reference(.upstream), "The name of the upstream.", isRequired: true)
        /// The key `undeclared`.
        static let undeclared = DefaultedKey(
            "undeclared", ValueForm<Undeclared>.choice(),
            "What becomes of a request that the document does not declare.",
            builtIn: .reject)
        /// The key `expose`.
        static let expose = DefaultedKey(
            "expose", ValueForm<Exposure>.choice(), "Who can reach it: clients, or compositions only.", builtIn: .public
        )
        /// The key `security`.
        static let security = SettingKey(
            "security", ValueForm<SecurityBinding>.securityBinding(),
            "What carries out each security scheme of the document: the name of a policy, or upstream.")
        /// The key `tags`.
        static let tags = SettingKey(
            "tags", ValueForm<[Named<OperationSettings>]>.mapping(of: .section(), names: .free), "Settings by tag.")
        /// The key `operations`.
        static let operations = SettingKey(
            "operations", ValueForm<[Named<OperationSettings>]>.mapping(of: .section(), names: .free),
            "Settings by operationId, or by METHOD /path where there is none.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "API", summary: "A document, where clients reach it, and the upstream that carries it out.",
        keys: [
            Key.spec.description, Key.grpc.description, Key.mount.description, Key.upstreamPath.description,
            Key.hosts.description,
            Key.upstream.description, Key.undeclared.description, Key.expose.description, Key.security.description,
        ] + SettingsLayer.keys + [Key.tags.description, Key.operations.description],
        exactlyOneOf: [Key.spec.name, Key.grpc.name])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let spec = reader.given(Key.spec)
        let grpc = reader.given(Key.grpc)
        mount = reader.value(Key.mount)
        upstreamPath = reader.value(Key.upstreamPath)
        hosts = reader.value(Key.hosts)
        let upstream = reader.given(Key.upstream)
        undeclared = reader.value(Key.undeclared)
        expose = reader.value(Key.expose)
        security = reader.given(Key.security)?.value ?? .none
        layer = SettingsLayer(reading: reader, level: .operations)
        tags = (reader.given(Key.tags)?.value ?? []).map {
            Named(name: $0.name, range: $0.range, value: $0.value.layer)
        }
        operations = (reader.given(Key.operations)?.value ?? []).map {
            Named(name: $0.name, range: $0.range, value: $0.value.layer)
        }
        guard let upstream else { return nil }
        if let spec {
            contract = .document(spec)
        } else if let grpc {
            contract = .grpc(grpc.value)
        } else {
            return nil
        }
        self.upstream = upstream
    }
}

/// What carries out the security schemes that a document requires. Every scheme has to be bound, or loading fails.
package enum SecurityBinding: Sendable {
    /// Nothing is bound.
    case none
    /// The upstream checks every scheme; credentials are forwarded.
    case upstream
    /// Each scheme by itself.
    case schemes([Named<Target>])

    /// What carries out one scheme.
    package enum Target: Sendable, Hashable {
        /// The policy of this name.
        case policy(String)
        /// The upstream; the credential is forwarded.
        case upstream

        /// The word of the files.
        var text: String {
            switch self {
            case .upstream: "upstream"
            case .policy(let name): name
            }
        }
    }

    /// What carries out a scheme, nil where nothing does.
    ///
    /// - Parameter scheme: name of the scheme in the document.
    package func target(of scheme: String) -> Target? {
        switch self {
        case .none: nil
        case .upstream: .upstream
        case .schemes(let targets): targets.first { $0.name == scheme }?.value
        }
    }
}

extension ValueForm where Value == SecurityBinding {
    /// The word `upstream`, or a map from schemes to policies or `upstream`.
    static func securityBinding() -> ValueForm {
        let policy = ValueForm<String>.reference(.authentication)
        let target = ValueForm<SecurityBinding.Target>.single(policy.schema, show: { $0.text }) { value, context in
            value.string == "upstream" ? .upstream : policy.read([value], context).map { .policy($0) }
        }
        let schemes = ValueForm<[Named<SecurityBinding.Target>]>.mapping(of: target, names: .free)
        let show: @Sendable (SecurityBinding) -> String = { binding in
            switch binding {
            case .none: "none"
            case .upstream: "upstream"
            case .schemes(let targets):
                "{" + targets.map { "\($0.name): \($0.value.text)" }.joined(separator: ", ") + "}"
            }
        }
        return .single(.any([.choice(["upstream"]), schemes.schema]), show: show) { value, context in
            if value.kind == .object { return schemes.read([value], context).map { .schemes($0) } }
            guard value.string == "upstream" else {
                context.wrongType(value, expected: "the word upstream, or a map from schemes to policies")
                return nil
            }
            return .upstream
        }
    }
}
