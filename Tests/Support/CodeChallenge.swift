import Crypto
import Foundation

/// What an authorization server compares the verifier of a code with (RFC 7636 §4.2).
package enum CodeChallenge {
    /// `BASE64URL-ENCODE(SHA256(ASCII(code_verifier)))`
    package static func s256(of verifier: String) -> String {
        Data(SHA256.hash(data: Array(verifier.utf8))).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// The fields of a form or a query (`application/x-www-form-urlencoded`).
package struct FormText: Sendable {
    /// Values by name; of a repeated name the last.
    private let values: [String: String]

    /// Reads a form.
    package init(_ text: String) {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[Self.decoded(parts[0])] = parts.count > 1 ? Self.decoded(parts[1]) : ""
        }
        self.values = values
    }

    /// The value of a name.
    package subscript(name: String) -> String? { values[name] }

    /// Undoes percent-encoding, and `+` for a space.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let octet = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(octet)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
