/// Eight bytes that stand for a member's name while an object is read: equal names have equal signatures.
///
/// A small object is checked name by name against the signatures of the names before it, at the cost of a load each, and
/// only where a filter of 64 bits says that there may be an equal one. One with more than `directCount` members is
/// checked once more, when it closes, with a hash table seeded for each process.
enum KeySignature {
    /// The most members that are compared one with each other; 496 comparisons at worst.
    static let directCount = 32

    /// The signature of a name.
    ///
    /// - Parameters:
    ///   - text: The name without escapes.
    ///   - readable: How many bytes may be read from the start of the text; more than its length allows one load.
    @inline(__always)
    static func of(_ text: UnsafeRawPointer, length: Int, readable: Int) -> UInt64 {
        let size = UInt64(truncatingIfNeeded: length)
        if length >= 8 {
            let head = text.loadUnaligned(as: UInt64.self)
            let tail = (text + (length &- 8)).loadUnaligned(as: UInt64.self)
            return head ^ (tail &* 0x9E37_79B9_7F4A_7C15) &+ size
        }
        if readable >= 8 {
            // The bytes behind the name are masked away. Little-endian: the first byte is the lowest.
            let word = UInt64(littleEndian: text.loadUnaligned(as: UInt64.self))
            return word & ((1 &<< (8 &* size)) &- 1) | size &<< 56
        }
        var word: UInt64 = 0
        for index in 0..<length {
            word |= UInt64(text.load(fromByteOffset: index, as: UInt8.self)) &<< UInt64(8 &* index)
        }
        return word | size &<< 56
    }
}

extension JSONParser {
    /// Compares a name that was just read with those of the same object before it, and remembers its signature.
    @inline(__always)
    mutating func checkKey(
        at index: Int, _ object: UInt32, _ members: Int, in tape: inout JSONTape
    ) throws(JSONSyntaxError) {
        let node = tape.nodes[index]
        let signature: UInt64
        if node.flags.contains(.decoded) {
            // The texts of a tape are padded, so eight bytes can always be read.
            signature = KeySignature.of(
                tape.decoded + Int(node.payload), length: Int(node.decodedLength), readable: 8)
        } else {
            let lower = Int(node.lower) &+ 1
            signature = KeySignature.of(
                bytes + lower, length: Int(node.upper) &- 1 &- lower, readable: end &- lower)
        }
        let bit: UInt64 = 1 &<< (signature &* 0x9E37_79B9_7F4A_7C15 &>> 58)
        if signatureFilter & bit != 0 {
            let own = tape.signatures + (signatureCount &- members)
            for ordinal in 0..<members where own[ordinal] == signature {
                try compareKeys(at: index, object, ordinal, in: &tape)
            }
        }
        signatureFilter |= bit
        tape.signatures[signatureCount] = signature
        signatureCount &+= 1
    }

    /// Compares two names with the same signature byte by byte.
    @inline(never)
    private func compareKeys(
        at index: Int, _ object: UInt32, _ ordinal: Int, in tape: inout JSONTape
    ) throws(JSONSyntaxError) {
        var other = Int(object) &+ 1
        for _ in 0..<ordinal { other = Int(tape.nodes[other &+ 1].next) }
        let view = tape.view
        guard JSONView.isEqual(view.text(of: index), view.text(of: other)) else { return }
        throw JSONSyntaxError(
            .duplicateKey, at: Int(tape.nodes[index].lower), firstOffset: Int(tape.nodes[other].lower))
    }

    /// Begins the signatures of an object, behind the filter of the object around it.
    @inline(__always)
    mutating func openKeys(in tape: inout JSONTape) {
        tape.reserveSignatures(signatureCount)
        tape.signatures[signatureCount] = signatureFilter
        signatureCount &+= 1
        signatureFilter = 0
    }

    /// Forgets the signatures of an object that closes, and checks it whole when it is large.
    @inline(__always)
    mutating func closeKeys(of object: Int, count: UInt32, in tape: inout JSONTape) throws(JSONSyntaxError) {
        signatureCount &-= min(Int(count), KeySignature.directCount) &+ 1
        signatureFilter = tape.signatures[signatureCount]
        if count <= UInt32(KeySignature.directCount) { return }
        if let (first, second) = tape.view.duplicateKeys(inObject: object, limit: 1).first {
            throw JSONSyntaxError(
                .duplicateKey, at: Int(tape.nodes[second].lower), firstOffset: Int(tape.nodes[first].lower))
        }
    }
}

extension JSONTape {
    /// Makes room for the signatures of one more object, and the filter before them.
    mutating func reserveSignatures(_ used: Int) {
        let wanted = used + KeySignature.directCount + 1
        guard wanted > signatureCapacity else { return }
        let larger = max(wanted, signatureCapacity * 2)
        let moved = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
        moved.moveInitialize(from: signatures, count: used)
        signatures.deallocate()
        signatures = moved
        signatureCapacity = larger
    }
}
