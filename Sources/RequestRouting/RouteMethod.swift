/// The methods that a path item of OpenAPI 3.2 has a field for. An endpoint keeps them as a set of bits; any other
/// method (`additionalOperations`) is compared as bytes.
enum RouteMethod: UInt8, CaseIterable {
    case get, head, post, put, patch, delete, options, trace, query

    /// The method with these bytes, which are case-sensitive (RFC 9110 section 9.1), or nil.
    static func named(_ bytes: UnsafeRawBufferPointer) -> RouteMethod? {
        guard bytes.count >= 3, bytes.count <= 7 else { return nil }
        var packed: UInt64 = 0
        for byte in bytes { packed = packed &<< 8 | UInt64(byte) }
        return switch packed {
        case 0x474554: .get
        case 0x4845_4144: .head
        case 0x504F_5354: .post
        case 0x505554: .put
        case 0x50_4154_4348: .patch
        case 0x4445_4C45_5445: .delete
        case 0x4F_5054_494F_4E53: .options
        case 0x54_5241_4345: .trace
        case 0x51_5545_5259: .query
        default: nil
        }
    }

    /// The position of the method in a set of bits.
    var bit: UInt16 { 1 &<< UInt16(rawValue) }

    /// Sorts method names for `Allow`: the known ones in the order of this enumeration, then the others by name.
    static func sorted(_ names: [String]) -> [String] {
        func rank(_ name: String) -> Int {
            var text = name
            return text.withUTF8 { named(UnsafeRawBufferPointer($0)).map { Int($0.rawValue) } ?? Int.max }
        }
        return names.sorted { (rank($0), $0) < (rank($1), $1) }
    }
}
