import JSONDocuments
import OpenAPIDocuments

/// How a reader gets a token from an authorization server (RFC 6749), as the document describes its flows.
///
/// The page of an operation only notes what is wanted, for the session, and leaves for the authorization server or for the
/// portal's own page ``path``. That page alone may speak to other hosts: those that documents name as token endpoints.
struct SignIn {
    /// A way to a token.
    struct Flow {
        /// The two that end with a token for a browser: the others are gone since RFC 9700 §2.1.2 and §2.4.
        enum Kind: String { case authorizationCode, clientCredentials }

        /// Which.
        let kind: Kind
        /// Where the user agrees; none for client credentials.
        let authorizationURL: String?
        /// Where a token is made.
        let tokenURL: String
    }

    /// The address of the page that gets the token, below the portal's.
    static let path = "oauth2"

    /// The flows of a scheme; none for one of another type.
    static func flows(of scheme: SecurityScheme) -> [Flow] {
        guard scheme.type == "oauth2" else { return [] }
        // Swagger 2.0 has one flow, by other names.
        let old: [String: Flow.Kind] = ["accessCode": .authorizationCode, "application": .clientCredentials]
        if let name = scheme.node["flow"]?.string {
            return old[name].flatMap { flow($0, scheme.node) }.map { [$0] } ?? []
        }
        return [Flow.Kind.authorizationCode, .clientCredentials].compactMap { kind in
            scheme.node["flows"]?[kind.rawValue].flatMap { flow(kind, $0) }
        }
    }

    /// A flow with the addresses that it needs, each of them one of the web: nothing else is left for.
    private static func flow(_ kind: Flow.Kind, _ node: JSONValue) -> Flow? {
        guard let token = node["tokenUrl"]?.string, isWeb(token) else { return nil }
        let authorization = node["authorizationUrl"]?.string
        guard kind == .clientCredentials || authorization.map(isWeb) == true else { return nil }
        return Flow(kind: kind, authorizationURL: authorization, tokenURL: token)
    }

    /// Whether an address is of the web, or relative to the page.
    private static func isWeb(_ address: String) -> Bool { origin(of: address) != nil || address.hasPrefix("/") }

    /// Scheme and authority of an address (RFC 6454 §6.2); nil where they are not plain enough to stand in a field.
    static func origin(of address: String) -> String? {
        for scheme in ["https://", "http://"] where address.hasPrefix(scheme) {
            let authority = address.dropFirst(scheme.count).prefix { !"/?#\\".contains($0) }
            let isPlain = authority.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x3A).contains(byte)
                    || [0x2D, 0x2E, 0x5B, 0x5D].contains(byte)
            }
            return isPlain && !authority.isEmpty ? scheme + authority : nil
        }
        return nil
    }

    /// The policy of the page that gets tokens: the portal's own, and the token endpoints of some APIs.
    static func policy(for apis: [DocumentedAPI]) -> [UInt8] {
        let flows = apis.flatMap { $0.document.securitySchemes.values }.flatMap { Self.flows(of: $0) }
        // A document with any number of servers does not make a field of any length.
        let origins = Set(flows.compactMap { origin(of: $0.tokenURL) }).sorted().prefix(20)
        let own = String(decoding: DocumentationPortal.policy, as: UTF8.self)
        guard !origins.isEmpty else { return Array(own.utf8) }
        return Array(
            own.replacing("connect-src 'self'", with: "connect-src 'self' " + origins.joined(separator: " ")).utf8)
    }

    /// Writes the page that gets the token; its work is the script's.
    static func page(_ frame: PageFrame) -> [UInt8] {
        frame.page { page in
            page.markup(
                """
                <h1>Signing in</h1><p id="signing" role="status">This page gets a token for the page that you came from. \
                It needs a script.</p>
                """)
        }
    }

    /// Writes the fields and buttons for a scheme.
    ///
    /// - Parameter scopes: What the operation needs.
    static func write(_ scheme: SecurityScheme, scopes: [String], into page: inout HTML) {
        let flows = Self.flows(of: scheme)
        guard !flows.isEmpty else { return }
        page.markup("<fieldset>")
        page.element("legend", scheme.name)
        page.markup(
            """
            <label>client id<input data-signin="client" autocomplete="off" spellcheck="false"></label>\
            <label>client secret <small>if there is one</small>\
            <input data-signin="secret" type="password" autocomplete="off"></label><p class="actions">
            """)
        for flow in flows {
            page.open(
                "button", ("type", "button"), ("data-flow", flow.kind.rawValue),
                ("data-authorize", flow.authorizationURL), ("data-token", flow.tokenURL),
                ("data-scope", scopes.joined(separator: " ")))
            page.text(flow.kind == .authorizationCode ? "Sign in" : "Get a token")
            page.close("button")
        }
        page.markup("</p></fieldset>")
    }
}
