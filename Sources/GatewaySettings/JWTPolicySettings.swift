import JSONDocuments
import SourceDiagnostics

/// A policy that asks for a signed token (RFC 7519).
package struct JWTPolicySettings: SettingsSection {
    /// Where the keys come from.
    package enum KeySource: Sendable {
        /// A JWK Set at a URL, fetched again and again.
        case url(WebURL, Fetching)
        /// A JWK Set in a file, by its path and content.
        case file(path: String, content: Secret)
    }

    /// How a JWK Set is fetched.
    package struct Fetching: Sendable {
        /// Lifetime of a set whose reply states none.
        package let refresh: Duration
        /// How long keys serve beyond their lifetime while no new ones can be had.
        package let staleFor: Duration
        /// Time for one fetch.
        package let timeout: Duration
        /// A file of certificates (PEM) that are trusted instead of the system's, by its path and content.
        package let authorities: (path: String, content: Secret)?
    }

    /// An algorithm that signatures may use (RFC 7518 §3.1, RFC 8037). `none` is none of them.
    package enum Algorithm: String, Sendable, CaseIterable {
        /// RSA with PKCS #1 v1.5 padding.
        case rs256 = "RS256", rs384 = "RS384", rs512 = "RS512"
        /// RSA with PSS padding.
        case ps256 = "PS256", ps384 = "PS384", ps512 = "PS512"
        /// ECDSA on the NIST curves.
        case es256 = "ES256", es384 = "ES384", es512 = "ES512"
        /// Ed25519.
        case edDSA = "EdDSA"
        /// HMAC with a shared secret.
        case hs256 = "HS256", hs384 = "HS384", hs512 = "HS512"
    }

    /// What `iss` has to be.
    package let issuer: String
    /// Where the keys come from.
    package let keys: KeySource
    /// Of which `aud` has to name one; empty means any.
    package let audiences: [String]
    /// The algorithms that are accepted.
    package let algorithms: [Algorithm]
    /// By how much clocks may differ.
    package let leeway: Duration

    /// The keys of a token policy.
    private enum Key {
        /// The key `issuer`.
        static let issuer = SettingKey("issuer", .text(), "What the claim iss has to be.", isRequired: true)
        /// The key `jwks`.
        static let keys = SettingKey(
            "jwks", ValueForm<KeyPlace>.jwks(), "The keys: a URL, or ${file:PATH}.", isRequired: true)
        /// The key `audiences`.
        static let audiences = DefaultedKey(
            "audiences", ValueForm<[String]>.list(.text()), "Of which the claim aud has to name one; none means any.",
            builtIn: [])
        /// The key `algorithms`.
        static let algorithms = DefaultedKey(
            "algorithms", ValueForm<[Algorithm]>.list(.choice(), minimum: 1), "The algorithms that are accepted.",
            builtIn: [.rs256, .es256, .edDSA])
        /// The key `leeway`.
        static let leeway = DefaultedKey(
            "leeway", .duration(minimum: .zero), "By how much clocks may differ.", builtIn: .seconds(30))
        /// The key `refresh`.
        static let refresh = DefaultedKey(
            "refresh", .duration(.seconds(10)...(.seconds(86_400))),
            "When keys of a URL are fetched again if the reply has no max-age.", builtIn: .seconds(300))
        /// The key `staleFor`.
        static let staleFor = DefaultedKey(
            "staleFor", .duration(minimum: .zero),
            "How long keys of a URL serve beyond their lifetime while no new ones can be fetched.",
            builtIn: .seconds(86_400))
        /// The key `fetchTimeout`.
        static let fetchTimeout = DefaultedKey(
            "fetchTimeout", .duration(.milliseconds(100)...(.seconds(60))), "Time for one fetch of keys from a URL.",
            builtIn: .seconds(5))
        /// The key `ca`.
        static let authorities = SettingKey(
            "ca", .filePath(), "Certificates (PEM) that are trusted for a URL, instead of the system's.")
    }

    /// What `jwks` says, before the other keys are read.
    fileprivate enum KeyPlace: Sendable {
        /// A URL.
        case url(WebURL)
        /// A file, by its path and content.
        case file(path: String, content: Secret)
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "JWTPolicy", summary: "Asks for a signed token.",
        keys: [
            Key.issuer.description, Key.keys.description, Key.audiences.description, Key.algorithms.description,
            Key.leeway.description, Key.refresh.description, Key.staleFor.description, Key.fetchTimeout.description,
            Key.authorities.description,
        ])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let issuer = reader.given(Key.issuer)?.value
        let place = reader.given(Key.keys)?.value
        audiences = reader.value(Key.audiences)
        algorithms = reader.value(Key.algorithms)
        leeway = reader.value(Key.leeway)
        let keys: KeySource?
        switch place {
        case .url(let url): keys = Self.fetching(reader, isSecure: url.scheme == "https").map { .url(url, $0) }
        case .file(let path, let content):
            Self.refuseFetching(reader)
            keys = .file(path: path, content: content)
        case nil:
            _ = Self.fetching(reader, isSecure: true)
            keys = nil
        }
        guard let issuer, let keys else { return nil }
        self.issuer = issuer
        self.keys = keys
    }

    /// Reads how keys are fetched; nil where the file of certificates cannot be read.
    private static func fetching(_ reader: SectionReader, isSecure: Bool) -> Fetching? {
        let (refresh, staleFor) = (reader.value(Key.refresh), reader.value(Key.staleFor))
        let timeout = reader.value(Key.fetchTimeout)
        var authorities: (path: String, content: Secret)?
        if let path = reader.given(Key.authorities) {
            guard let content = reader.content(ofFile: path) else { return nil }
            authorities = (path.value, content)
        }
        if !isSecure { reader.refuse(Key.authorities.name, "the URL of jwks is http, and no certificate is seen") }
        return Fetching(refresh: refresh, staleFor: staleFor, timeout: timeout, authorities: authorities)
    }

    /// Reports keys that have no effect where nothing is fetched: a setting is never ignored.
    private static func refuseFetching(_ reader: SectionReader) {
        _ = (reader.given(Key.refresh.key), reader.given(Key.staleFor.key), reader.given(Key.fetchTimeout.key))
        _ = reader.given(Key.authorities)
        for name in [Key.refresh.key.name, Key.staleFor.key.name, Key.fetchTimeout.key.name, Key.authorities.name] {
            reader.refuse(name, "jwks is a file, and nothing is fetched")
        }
    }
}

extension ValueForm where Value == JWTPolicySettings.KeyPlace {
    /// A URL, or a whole `${file:PATH}`.
    fileprivate static func jwks() -> ValueForm {
        let url = ValueForm<WebURL>.url()
        let show: @Sendable (Value) -> String = { source in
            switch source {
            case .url(let url): url.description
            case .file(let path, _): "${file:\(path)}"
            }
        }
        return .single(.any([url.schema, .reference]), show: show) { value, context in
            guard let text = value.string, text.hasPrefix("${file:") else {
                return url.read([value], context).map { .url($0) }
            }
            guard let expanded = ReferenceExpansion.expand(text, at: value.range, context), let path = expanded.file
            else {
                return nil
            }
            return .file(path: path, content: Secret(expanded.bytes))
        }
    }
}
