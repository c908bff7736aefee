/// Eight digits of a literal in one machine word, the first in the lowest byte: a number of megabytes costs little more than
/// its bytes.
enum DigitWord {
    /// `00000000`.
    static let eightZeros: UInt64 = 0x3030_3030_3030_3030

    /// Whether all eight bytes are digits: their upper halves are 3, and stay so when 6 is added.
    @inline(__always)
    static func isEightDigits(_ word: UInt64) -> Bool {
        let upper: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
        return word & upper == eightZeros && (word &+ 0x0606_0606_0606_0606) & upper == eightZeros
    }

    /// The number that eight digits stand for: neighbours are joined to pairs, pairs to fours, fours to eight.
    @inline(__always)
    static func value(_ word: UInt64) -> UInt64 {
        let digits = word &- eightZeros
        let pairs = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
        return (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF
    }
}
