/// The field names that the gateway itself understands, recognised once while a head is parsed.
///
/// Everything else is `other` and is forwarded byte for byte (RFC 9110 §5.1: a proxy MUST forward unrecognised fields).
package enum FieldName: UInt8, Sendable {
    /// Any name without a meaning for the gateway.
    case other
    /// A name that would read as one of the names below if `_` were folded into `-`, as CGI-style services do.
    /// Such a field is dropped: it could switch framing or forge an address behind the gateway's back.
    case impostor
    case host, connection, contentLength, transferEncoding, contentType, expect, upgrade, te, trailer
    case keepAlive, proxyConnection, proxyAuthorization, proxyAuthenticate, via, maxForwards, http2Settings
    case forwarded, xForwardedFor, xForwardedHost, xForwardedProto, xForwardedPort, xRealIP
    case xOriginalURL, xRewriteURL, xHost, xRequestID
    case date, server, cookie, accept, authorization, acceptEncoding, contentEncoding
    /// What a service says about pages of other origins: `Access-Control-Allow-*`, `-Expose-Headers`, `-Max-Age`.
    case originPermission
    /// `Lintel-Check: only`: the request is to be checked and not sent on.
    case lintelCheck

    /// Whether the field speaks only about one hop and ends here (RFC 9110 §7.6.1).
    package var isHopByHop: Bool {
        switch self {
        case .connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade, .http2Settings,
            .proxyAuthorization, .proxyAuthenticate:
            true
        default: false
        }
    }

    /// Whether only the gateway may say this to a service: what an untrusted client claims is dropped.
    package var isForwardingClaim: Bool {
        switch self {
        case .forwarded, .xForwardedFor, .xForwardedHost, .xForwardedProto, .xForwardedPort, .xRealIP,
            .xOriginalURL, .xRewriteURL, .xHost:
            true
        default: false
        }
    }

    /// Whether the field may not stand in a trailer section (RFC 9110 §6.5.1: framing, routing, authentication,
    /// request modifiers, content format).
    package var isForbiddenInTrailers: Bool { self != .other }

    /// The meaning of a field name, compared without regard to case (RFC 9110 §5.1).
    package static func recognise(_ name: UnsafeRawBufferPointer) -> FieldName {
        switch name.count {
        case 2: return name.isToken("te") ? .te : .other
        case 3: return name.isToken("via") ? .via : .other
        case 4: return name.isToken("host") ? .host : name.isToken("date") ? .date : .other
        case 6:
            if name.isToken("accept") { return .accept }
            if name.isToken("cookie") { return .cookie }
            if name.isToken("expect") { return .expect }
            if name.isToken("server") { return .server }
            return name.isToken("x-host") ? .xHost : .other
        case 7: return name.isToken("upgrade") ? .upgrade : name.isToken("trailer") ? .trailer : .other
        case 9: return name.isToken("forwarded") ? .forwarded : name.isToken("x-real-ip") ? .xRealIP : .other
        case 10: return name.isToken("connection") ? .connection : name.isToken("keep-alive") ? .keepAlive : .other
        case 12:
            if name.isToken("content-type") { return .contentType }
            if name.isToken("max-forwards") { return .maxForwards }
            if name.isToken("x-request-id") { return .xRequestID }
            return name.isToken("lintel-check") ? .lintelCheck : .other
        case 13:
            return name.isToken("authorization")
                ? .authorization : name.isToken("x-rewrite-url") ? .xRewriteURL : .other
        case 14:
            if name.isToken("content-length") { return .contentLength }
            if name.isToken("http2-settings") { return .http2Settings }
            return name.isToken("x-original-url") ? .xOriginalURL : .other
        case 15:
            if name.isToken("accept-encoding") { return .acceptEncoding }
            return name.isToken("x-forwarded-for") ? .xForwardedFor : .other
        case 16:
            if name.isToken("x-forwarded-host") { return .xForwardedHost }
            if name.isToken("content-encoding") { return .contentEncoding }
            return name.isToken("x-forwarded-port")
                ? .xForwardedPort
                : name.isToken("proxy-connection") ? .proxyConnection : .other
        case 17:
            if name.isToken("transfer-encoding") { return .transferEncoding }
            return name.isToken("x-forwarded-proto") ? .xForwardedProto : .other
        case 18: return name.isToken("proxy-authenticate") ? .proxyAuthenticate : .other
        case 19: return name.isToken("proxy-authorization") ? .proxyAuthorization : .other
        case 22: return name.isToken("access-control-max-age") ? .originPermission : .other
        case 27: return name.isToken("access-control-allow-origin") ? .originPermission : .other
        case 28:
            return name.isToken("access-control-allow-methods") || name.isToken("access-control-allow-headers")
                ? .originPermission : .other
        case 29: return name.isToken("access-control-expose-headers") ? .originPermission : .other
        case 32: return name.isToken("access-control-allow-credentials") ? .originPermission : .other
        default: return .other
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are `token`, which is given in lower case, without regard to ASCII case.
    ///
    /// A letter's two cases differ in bit 5. Of the bytes of `token` (letters, digits, `-`) the letters alone have bit 6,
    /// so that bit, shifted, says where the two may differ; eight octets are looked at at once.
    package func isToken(_ token: StaticString) -> Bool {
        guard count == token.utf8CodeUnitCount, let base = baseAddress else { return count == token.utf8CodeUnitCount }
        let wanted = token.utf8Start
        var index = 0
        while count &- index >= 8 {
            let expected = UnsafeRawPointer(wanted + index).loadUnaligned(as: UInt64.self)
            let difference = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ expected
            guard difference & ~(expected &>> 1 & 0x2020_2020_2020_2020) == 0 else { return false }
            index &+= 8
        }
        while index < count {
            let difference = base.load(fromByteOffset: index, as: UInt8.self) ^ wanted[index]
            guard difference & ~(wanted[index] &>> 1 & 0x20) == 0 else { return false }
            index &+= 1
        }
        return true
    }

    /// Whether two byte strings are equal without regard to ASCII case.
    package func equalsIgnoringCase(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count {
            let (left, right) = (self[index], other[index])
            if left != right {
                guard left | 0x20 == right | 0x20, left | 0x20 >= UInt8(ascii: "a"), left | 0x20 <= UInt8(ascii: "z")
                else { return false }
            }
        }
        return true
    }
}
