/// Joining types of Unicode's cursive scripts, as far as RFC 5892 appendix A.1 needs them.
///
/// The standard library does not know Joining_Type; this table has the Arabic, Syriac, Mandaic and N'Ko letters, which
/// are the scripts of registered labels.
enum JoiningType {
    /// Whether a zero-width non-joiner stands between a letter that joins onwards and one that joins backwards.
    static func joinsAcross(_ label: [UInt32], _ index: Int) -> Bool {
        guard let before = label[..<index].last(where: { !isTransparent($0) }), joinsLeft(before) else { return false }
        guard let after = label[(index + 1)...].first(where: { !isTransparent($0) }) else { return false }
        return joinsLeft(after) || joinsRightOnly(after)
    }

    /// Joining_Type T: marks.
    private static func isTransparent(_ value: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(value) else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return value != 0x200C && value != 0x200D
        default: return false
        }
    }

    /// Joining_Type L or D.
    private static func joinsLeft(_ value: UInt32) -> Bool {
        switch value {
        case 0x620, 0x626, 0x628, 0x62A...0x62E, 0x633...0x63F, 0x641...0x647, 0x649...0x64A, 0x66E...0x66F,
            0x678...0x687, 0x69A...0x6BF, 0x6C1...0x6C2, 0x6CC, 0x6CE, 0x6D0...0x6D1, 0x6FA...0x6FC, 0x6FF,
            0x712...0x714, 0x71A...0x71D, 0x71F...0x727, 0x729, 0x72B, 0x72D...0x72E, 0x74E...0x758, 0x75C...0x76A,
            0x76D...0x770, 0x772, 0x775...0x777, 0x77A...0x77F, 0x7CA...0x7EA, 0x841...0x845, 0x848, 0x84A...0x853,
            0x855, 0x8A0...0x8A9, 0x8AF...0x8B0, 0x8B3...0x8B4, 0x8B6...0x8B8, 0x8BA...0x8C8:
            true
        default: false
        }
    }

    /// Joining_Type R.
    private static func joinsRightOnly(_ value: UInt32) -> Bool {
        switch value {
        case 0x622...0x625, 0x627, 0x629, 0x62F...0x632, 0x648, 0x671...0x673, 0x675...0x677, 0x688...0x699, 0x6C0,
            0x6C3...0x6CB, 0x6CD, 0x6CF, 0x6D2...0x6D3, 0x6D5, 0x6EE...0x6EF, 0x710, 0x715...0x719, 0x71E, 0x728,
            0x72A, 0x72C, 0x72F, 0x74D, 0x759...0x75B, 0x76B...0x76C, 0x771, 0x773...0x774, 0x778...0x779, 0x840,
            0x846...0x847, 0x849, 0x854, 0x8AA...0x8AC, 0x8AE, 0x8B1...0x8B2, 0x8B9:
            true
        default: false
        }
    }
}
