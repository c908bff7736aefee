import HTTPExchanges

/// Where in a request a credential stands.
///
/// What and why: the place comes from the security scheme of the document, because that is what clients read; a
/// policy only says which credentials are good. A place is looked up without allocation, and every occurrence is looked
/// at: a credential that is given twice is refused, since the service behind might take the other one.
package enum CredentialPlace: Sendable, Hashable {
    /// The `Authorization` field with an authentication scheme (RFC 9110 §11.6.2).
    case authorization(AuthorizationScheme)
    /// A field of this name, compared without regard to case.
    case header([UInt8])
    /// A query parameter of this name, after decoding.
    case query([UInt8])
    /// A cookie of this name (RFC 6265 §4.2).
    case cookie([UInt8])
    /// The connection itself, whose client has shown a certificate.
    case certificate

    /// An authentication scheme of the `Authorization` field.
    package enum AuthorizationScheme: Sendable, Hashable {
        /// RFC 7617.
        case basic
        /// RFC 6750.
        case bearer

        /// The name in small letters.
        var token: StaticString {
            switch self {
            case .basic: "basic"
            case .bearer: "bearer"
            }
        }
    }

    /// Whether both name the same place: names of fields are compared without regard to case (RFC 9110 §5.1).
    package func isSame(as other: CredentialPlace) -> Bool {
        switch (self, other) {
        case (.header(let one), .header(let two)):
            one.withUnsafeBytes { one in two.withUnsafeBytes { one.equalsIgnoringCase($0) } }
        default: self == other
        }
    }

    /// The place for people: `the header X-Key`.
    package var description: String {
        switch self {
        case .authorization(.basic): "the header Authorization (Basic)"
        case .authorization(.bearer): "the header Authorization (Bearer)"
        case .header(let name): "the header \(String(decoding: name, as: UTF8.self))"
        case .query(let name): "the query parameter \(String(decoding: name, as: UTF8.self))"
        case .cookie(let name): "the cookie \(String(decoding: name, as: UTF8.self))"
        case .certificate: "the certificate of the connection"
        }
    }

    /// What a request holds at this place.
    func credential(in view: CredentialView, using workspace: borrowing CredentialWorkspace) -> PresentedCredential {
        let found: PresentedCredential =
            switch self {
            case .authorization(let scheme): Self.authorization(scheme, in: view)
            case .header(let name): Self.header(name, in: view)
            case .query(let name): Self.query(name, in: view, decodedInto: workspace.text)
            case .cookie(let name): Self.cookie(name, in: view)
            // It does not stand in the request: the policy looks at what the connection knows.
            case .certificate: .absent
            }
        if case .value(let bytes) = found, bytes.count > CredentialWorkspace.credentialLimit {
            return .refused(.tooLarge)
        }
        return found
    }

    /// The credentials of the `Authorization` field, if it is of that scheme. Another scheme is not this place.
    private static func authorization(
        _ scheme: AuthorizationScheme, in view: CredentialView
    ) -> PresentedCredential {
        var found: UnsafeRawBufferPointer?
        for index in 0..<view.table.count where view.table[index].token == .authorization {
            // RFC 9110 §5.3: a field that is no list must not be repeated.
            guard found == nil else { return .refused(.repeated) }
            found = view.table[index].value.slice(of: view.bytes)
        }
        guard let value = found else { return .absent }
        let end = value.firstIndex(of: 0x20) ?? value.count
        guard UnsafeRawBufferPointer(rebasing: value[..<end]).isToken(scheme.token) else { return .absent }
        // RFC 9110 §11.4: auth-scheme 1*SP token68.
        var start = end
        while start < value.count, value[start] == 0x20 { start += 1 }
        let credential = UnsafeRawBufferPointer(rebasing: value[start...])
        guard !credential.isEmpty, !credential.contains(0x20), !credential.contains(0x2C) else {
            return .refused(.malformed)
        }
        return .value(credential)
    }

    /// The value of a field.
    private static func header(_ name: [UInt8], in view: CredentialView) -> PresentedCredential {
        name.withUnsafeBytes { name in
            var found: UnsafeRawBufferPointer?
            for index in 0..<view.table.count {
                let line = view.table[index]
                guard line.name.count == name.count, line.name.slice(of: view.bytes).equalsIgnoringCase(name) else {
                    continue
                }
                guard found == nil else { return .refused(.repeated) }
                found = line.value.slice(of: view.bytes)
            }
            return settled(found)
        }
    }

    /// The value of a query parameter, decoded as form data, as the contract reads parameters.
    private static func query(
        _ name: [UInt8], in view: CredentialView, decodedInto text: UnsafeMutableRawBufferPointer
    ) -> PresentedCredential {
        guard let query = view.query else { return .absent }
        var found: UnsafeRawBufferPointer?
        var start = 0
        while start <= query.count {
            let end = query[start...].firstIndex(of: UInt8(ascii: "&")) ?? query.count
            let pair = UnsafeRawBufferPointer(rebasing: query[start..<end])
            start = end + 1
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.count
            guard FormText.decodes(UnsafeRawBufferPointer(rebasing: pair[..<equals]), to: name) else { continue }
            guard found == nil else { return .refused(.repeated) }
            found = UnsafeRawBufferPointer(rebasing: pair[min(equals + 1, pair.count)...])
        }
        guard let raw = found, !raw.isEmpty else { return .absent }
        guard raw.count <= CredentialWorkspace.credentialLimit else { return .refused(.tooLarge) }
        guard let count = FormText.decode(raw, into: text) else { return .refused(.malformed) }
        return settled(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[..<count]))
    }

    /// The value of a cookie, quotation marks included, over all Cookie lines (RFC 9113 §8.2.3 lets a client split them).
    private static func cookie(_ name: [UInt8], in view: CredentialView) -> PresentedCredential {
        name.withUnsafeBytes { name in
            var found: UnsafeRawBufferPointer?
            for index in 0..<view.table.count where view.table[index].token == .cookie {
                let line = view.table[index].value.slice(of: view.bytes)
                var start = 0
                while start <= line.count {
                    let end = line[start...].firstIndex(of: UInt8(ascii: ";")) ?? line.count
                    let pair = trimmed(UnsafeRawBufferPointer(rebasing: line[start..<end]))
                    start = end + 1
                    guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), equals == name.count,
                        pair[..<equals].elementsEqual(name)
                    else { continue }
                    guard found == nil else { return .refused(.repeated) }
                    found = UnsafeRawBufferPointer(rebasing: pair[(equals + 1)...])
                }
            }
            return settled(found)
        }
    }

    /// A value that is there and is not empty.
    private static func settled(_ value: UnsafeRawBufferPointer?) -> PresentedCredential {
        guard let value, !value.isEmpty else { return .absent }
        return .value(value)
    }

    /// Without blanks around.
    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var (lower, upper) = (0, bytes.count)
        while lower < upper, bytes[lower] == 0x20 || bytes[lower] == 0x09 { lower += 1 }
        while lower < upper, bytes[upper - 1] == 0x20 || bytes[upper - 1] == 0x09 { upper -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[lower..<upper])
    }
}
