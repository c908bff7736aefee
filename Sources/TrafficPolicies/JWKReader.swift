import Crypto
import CryptoExtras
import JSONDocuments

/// Reads the keys of a JWK Set (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
struct JWKReader {
    /// The algorithms that keys may be for.
    let algorithms: Set<SignatureAlgorithm>
    /// What is done about a broken key.
    let tolerance: JWKSet.Tolerance
    /// Keys that can be used.
    var keys: [VerificationKey] = []
    /// What was left out and why.
    var skipped: [String] = []
    /// What is broken.
    var problems: [String] = []

    /// A reader.
    init(algorithms: Set<SignatureAlgorithm>, tolerance: JWKSet.Tolerance) {
        self.algorithms = algorithms
        self.tolerance = tolerance
    }

    /// Why a key is not taken.
    private enum Objection: Error {
        /// It is for something else.
        case skip(String)
        /// It is broken.
        case broken(String)
    }

    /// Reads the set at the root of a document.
    mutating func readSet(_ view: JSONView) {
        guard let list = Self.member("keys", of: 0, in: view), view[list].kind == .array else {
            problems.append("a JWK Set is an object with the array `keys` (RFC 7517 §5)")
            return
        }
        guard view[list].childCount <= JWKSet.keyLimit else {
            problems.append("the JWK Set holds more than \(JWKSet.keyLimit) keys")
            return
        }
        var index = list + 1
        for number in 0..<view[list].childCount {
            do throws(Objection) {
                keys.append(try read(index, in: view))
            } catch {
                switch error {
                case .skip(let reason): skipped.append("key \(number + 1) \(reason)")
                case .broken(let reason) where tolerance == .lenient: skipped.append("key \(number + 1) \(reason)")
                case .broken(let reason): problems.append("key \(number + 1) \(reason)")
                }
            }
            index = Int(view[index].next)
        }
    }

    /// Reads a key.
    private func read(_ key: Int, in view: JSONView) throws(Objection) -> VerificationKey {
        guard let type = try text("kty", of: key, in: view) else { throw .broken("has no `kty`") }
        guard ["oct", "RSA", "EC", "OKP"].contains(type) else { throw .skip("is of the unknown kind `\(type)`") }
        if type == "oct" {
            guard tolerance == .strict else { throw .skip("is a shared secret, and one that can be fetched is none") }
        } else {
            for name in ["d", "p", "q"] where Self.member(name, of: key, in: view) != nil {
                throw .broken("holds a private key (`\(name)`): publish the public part only")
            }
        }
        if let use = try text("use", of: key, in: view), use != "sig" { throw .skip("is not for signatures (`use`)") }
        if let operations = Self.member("key_ops", of: key, in: view) {
            guard Self.strings(operations, in: view).contains("verify") else {
                throw .skip("is not for verifying (`key_ops`)")
            }
        }
        let algorithm = try algorithm(of: key, type: type, in: view)
        let id = try text("kid", of: key, in: view).map { Array($0.utf8) }
        return VerificationKey(id: id, algorithm: algorithm, material: try material(of: key, algorithm, in: view))
    }

    /// The one algorithm of a key: the one it names, or the only one that the policy allows for its kind.
    private func algorithm(
        of key: Int, type: String, in view: JSONView
    ) throws(Objection) -> SignatureAlgorithm {
        if let name = try text("alg", of: key, in: view) {
            guard let algorithm = SignatureAlgorithm(rawValue: name) else {
                throw .skip("is for the algorithm `\(name)`, which is not known")
            }
            guard algorithm.keyType == type else {
                throw .broken("is of the kind \(type), which cannot be used with \(name)")
            }
            guard algorithms.contains(algorithm) else { throw .skip("is for \(name), which the policy does not allow") }
            return algorithm
        }
        var candidates = SignatureAlgorithm.allCases.filter { $0.keyType == type }
        if type == "EC" {
            let curve = try text("crv", of: key, in: view)
            candidates = candidates.filter { Self.curve(of: $0) == curve }
        }
        candidates = candidates.filter(algorithms.contains)
        guard let algorithm = candidates.first else { throw .skip("is for no algorithm that the policy allows") }
        // A secret without a purpose is one too many; nor is one RSA key for two paddings (RFC 8725 §3.1).
        guard candidates.count == 1, type != "oct" else {
            throw .broken("names no `alg`, and the policy allows several: name one in the key or in `algorithms`")
        }
        return algorithm
    }

    /// The name of an algorithm's curve.
    private static func curve(of algorithm: SignatureAlgorithm) -> String? {
        switch algorithm {
        case .es256: "P-256"
        case .es384: "P-384"
        case .es512: "P-521"
        default: nil
        }
    }

    /// What a key consists of.
    private func material(
        of key: Int, _ algorithm: SignatureAlgorithm, in view: JSONView
    ) throws(Objection) -> VerificationKey.Material {
        switch algorithm.keyType {
        case "oct": return .secret(SymmetricKey(data: try secret(of: key, algorithm, in: view)))
        case "RSA": return .rsa(try modulus(of: key, in: view))
        case "EC": return try point(of: key, algorithm, in: view)
        default:
            guard try text("crv", of: key, in: view) == "Ed25519" else {
                throw .skip("is on a curve that is not known")
            }
            let x = try octets("x", of: key, in: view)
            guard let point = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else {
                throw .broken("is no point on Ed25519")
            }
            return .ed25519(point)
        }
    }

    /// A shared secret: long enough, and nobody's public key.
    private func secret(
        of key: Int, _ algorithm: SignatureAlgorithm, in view: JSONView
    ) throws(Objection) -> [UInt8] {
        let secret = try octets("k", of: key, in: view)
        // RFC 7518 §3.2: as long as the hash at least.
        guard secret.count >= algorithm.hashLength else {
            throw .broken("is shorter than the \(algorithm.hashLength) bytes that \(algorithm.rawValue) needs")
        }
        let opening = Array("-----BEGIN".utf8)
        guard !secret.starts(with: opening), !secret.starts(with: "ssh-".utf8) else {
            throw .broken("holds a key file, which others may know, as a shared secret")
        }
        return secret
    }

    /// An RSA key of 2048 to 8192 bits (RFC 7518 §3.3); larger ones cost too much time for each token.
    private func modulus(of key: Int, in view: JSONView) throws(Objection) -> _RSA.Signing.PublicKey {
        let n = try octets("n", of: key, in: view)
        let e = try octets("e", of: key, in: view)
        guard n.count <= 1024, e.count <= 4 else { throw .broken("is larger than 8192 bits, or its exponent is") }
        guard let found = try? _RSA.Signing.PublicKey(n: n, e: e), found.keySizeInBits >= 2048 else {
            throw .broken("is no RSA key of 2048 bits or more")
        }
        return found
    }

    /// A point on a curve; coordinates have the curve's length (RFC 7518 §6.2.1.2).
    private func point(
        of key: Int, _ algorithm: SignatureAlgorithm, in view: JSONView
    ) throws(Objection) -> VerificationKey.Material {
        guard let curve = try text("crv", of: key, in: view) else { throw .broken("has no `crv`") }
        guard curve == Self.curve(of: algorithm) else {
            throw .broken("is on the curve \(curve), which cannot be used with \(algorithm.rawValue)")
        }
        let coordinates = try octets("x", of: key, in: view) + octets("y", of: key, in: view)
        let point = [0x04] + coordinates
        switch algorithm {
        case .es256:
            if coordinates.count == 64, let key = try? P256.Signing.PublicKey(x963Representation: point) {
                return .p256(key)
            }
        case .es384:
            if coordinates.count == 96, let key = try? P384.Signing.PublicKey(x963Representation: point) {
                return .p384(key)
            }
        case .es512:
            if coordinates.count == 132, let key = try? P521.Signing.PublicKey(x963Representation: point) {
                return .p521(key)
            }
        default: break
        }
        throw .broken("is no point on \(curve)")
    }

    // MARK: Members

    /// The value of a member.
    private static func member(_ name: String, of object: Int, in view: JSONView) -> Int? {
        Array(name.utf8).withUnsafeBytes { view.value(forKey: $0, inObject: object) }
    }

    /// The text of a member; nil where there is none.
    private func text(_ name: String, of object: Int, in view: JSONView) throws(Objection) -> String? {
        guard view[object].kind == .object else { throw .broken("is no object") }
        guard let value = Self.member(name, of: object, in: view) else { return nil }
        guard view[value].kind == .string else { throw .broken("has a `\(name)` that is no string") }
        return String(decoding: view.text(of: value), as: UTF8.self)
    }

    /// The octets of a member in base64url.
    private func octets(_ name: String, of object: Int, in view: JSONView) throws(Objection) -> [UInt8] {
        guard let text = try text(name, of: object, in: view) else { throw .broken("has no `\(name)`") }
        guard let octets = Array(text.utf8).withUnsafeBytes({ Base64Text.decode($0, .url) }), !octets.isEmpty else {
            throw .broken("has a `\(name)` that is no base64url (RFC 7515 §2)")
        }
        return octets
    }

    /// The strings of an array.
    private static func strings(_ array: Int, in view: JSONView) -> [String] {
        guard view[array].kind == .array else { return [] }
        var found: [String] = []
        var index = array + 1
        for _ in 0..<view[array].childCount {
            if view[index].kind == .string { found.append(String(decoding: view.text(of: index), as: UTF8.self)) }
            index = Int(view[index].next)
        }
        return found
    }
}
