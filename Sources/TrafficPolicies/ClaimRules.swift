import JSONDocuments

/// What the claims of a token have to say (RFC 7519 §4.1, RFC 8725 §3.8 to §3.10).
struct ClaimRules: Sendable {
    /// What `iss` has to be.
    private let issuer: [UInt8]
    /// Of which `aud` has to name one; empty means any.
    private let audiences: [[UInt8]]
    /// By how many seconds clocks may differ.
    private let leeway: Int64

    /// What good claims say.
    struct Found {
        /// `sub`, or else the client (RFC 9068 §2.2); the bytes lie in the token.
        var consumer: UnsafeRawBufferPointer?
        /// Of the scopes that were asked about: the granted ones, by bit.
        var grants: UInt64
    }

    /// Rules.
    init(issuer: String, audiences: [String], leeway: Int64) {
        self.issuer = Array(issuer.utf8)
        self.audiences = audiences.map { Array($0.utf8) }
        self.leeway = leeway
    }

    /// Checks the claims at the root of a document, which is an object.
    func check(_ view: JSONView, scopes: [[UInt8]], at now: Int64) throws(CredentialMistake) -> Found {
        var (isIssued, isAddressed, hasEnd) = (false, audiences.isEmpty, false)
        var (subject, client, party): (Int?, Int?, Int?) = (nil, nil, nil)
        var grants: UInt64 = 0
        var index = 1
        let end = Int(view[0].next)
        while index < end {
            let name = view.text(of: index)
            let value = index + 1
            index = Int(view[value].next)
            switch name.count {
            case 3:
                if name.isExactly("iss") {
                    isIssued = try text(value, in: view).elementsEqual(issuer)
                } else if name.isExactly("aud") {
                    isAddressed = try names(audiences, value, in: view) || audiences.isEmpty
                } else if name.isExactly("exp") {
                    hasEnd = true
                    // RFC 7519 §4.1.4: the current time MUST be before it.
                    guard try compare(value, in: view, with: now &- leeway) > 0 else {
                        throw CredentialMistake(.expired)
                    }
                } else if name.isExactly("nbf") {
                    // RFC 7519 §4.1.5: the current time MUST be after or equal to it.
                    guard try compare(value, in: view, with: now &+ leeway) <= 0 else {
                        throw CredentialMistake(.notYetValid)
                    }
                } else if name.isExactly("iat") {
                    guard view[value].kind == .number else { throw CredentialMistake(.malformed) }
                } else if name.isExactly("sub") {
                    _ = try text(value, in: view)
                    subject = value
                } else if name.isExactly("azp"), view[value].kind == .string {
                    party = value
                } else if name.isExactly("scp") {
                    grants |= Self.grants(value, in: view, of: scopes)
                }
            case 5 where name.isExactly("scope"): grants |= Self.grants(value, in: view, of: scopes)
            case 9 where name.isExactly("client_id") && view[value].kind == .string: client = value
            default: break
            }
        }
        guard isIssued else { throw CredentialMistake(.issuer) }
        guard isAddressed else { throw CredentialMistake(.audience) }
        guard hasEnd else { throw CredentialMistake(.endless) }
        return Found(consumer: (subject ?? client ?? party).map { view.text(of: $0) }, grants: grants)
    }

    /// The text of a claim that has to be a string.
    private func text(_ value: Int, in view: JSONView) throws(CredentialMistake) -> UnsafeRawBufferPointer {
        guard view[value].kind == .string else { throw CredentialMistake(.malformed) }
        return view.text(of: value)
    }

    /// Whether a string is one of some names, or an array of strings holds one.
    private func names(_ wanted: [[UInt8]], _ value: Int, in view: JSONView) throws(CredentialMistake) -> Bool {
        guard view[value].kind == .array else {
            let own = try text(value, in: view)
            return wanted.contains { own.elementsEqual($0) }
        }
        var isNamed = false
        var element = value + 1
        for _ in 0..<view[value].childCount {
            let own = try text(element, in: view)
            isNamed = isNamed || wanted.contains { own.elementsEqual($0) }
            element = Int(view[element].next)
        }
        return isNamed
    }

    /// Compares a NumericDate, which may have a fraction (RFC 7519 §2), with a time, exactly.
    private func compare(_ value: Int, in view: JSONView, with time: Int64) throws(CredentialMistake) -> Int {
        guard view[value].kind == .number else { throw CredentialMistake(.malformed) }
        let literal = view.text(of: value)
        if let date = ExactNumber.int64(literal) { return date == time ? 0 : date < time ? -1 : 1 }
        // Rare: a fraction, an exponent, or a number beyond 64 bits.
        var text = String(time)
        return text.withUTF8 { ExactNumber.compare(literal, UnsafeRawBufferPointer($0)) }
    }

    /// Which of some scopes a claim grants: words in a string (RFC 8693 §4.2), or the strings of an array. Other
    /// types grant nothing.
    private static func grants(_ value: Int, in view: JSONView, of scopes: [[UInt8]]) -> UInt64 {
        guard !scopes.isEmpty else { return 0 }
        var grants: UInt64 = 0
        if view[value].kind == .string {
            let text = view.text(of: value)
            var start = 0
            while start < text.count {
                let end = text[start...].firstIndex(of: 0x20) ?? text.count
                grants |= bit(of: UnsafeRawBufferPointer(rebasing: text[start..<end]), in: scopes)
                start = end + 1
            }
        } else if view[value].kind == .array {
            var element = value + 1
            for _ in 0..<view[value].childCount {
                if view[element].kind == .string { grants |= bit(of: view.text(of: element), in: scopes) }
                element = Int(view[element].next)
            }
        }
        return grants
    }

    /// The bit of a scope; none where nobody asks about it.
    private static func bit(of scope: UnsafeRawBufferPointer, in scopes: [[UInt8]]) -> UInt64 {
        for (index, wanted) in scopes.enumerated() where wanted.count == scope.count && scope.elementsEqual(wanted) {
            return 1 << UInt64(index)
        }
        return 0
    }
}
