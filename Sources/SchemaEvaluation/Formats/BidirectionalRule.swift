/// The Bidi rule for labels: RFC 5893 §2.
enum BidirectionalRule {
    /// Bidi classes, as far as the rule tells them apart.
    private enum Class {
        /// L.
        case left
        /// R and AL.
        case right
        /// AN.
        case arabicNumber
        /// EN.
        case europeanNumber
        /// NSM.
        case mark
        /// ES, CS, ET, ON, BN.
        case neutral
    }

    /// Whether a label has a character of the classes R, AL or AN: then the whole name is a Bidi domain name.
    static func isRightToLeft(_ label: [UInt32]) -> Bool {
        label.contains { value in
            let direction = direction(of: value)
            return direction == .right || direction == .arabicNumber
        }
    }

    /// Whether a label of a Bidi domain name keeps the six conditions.
    static func holds(_ label: [UInt32]) -> Bool {
        let classes = label.map(direction)
        guard let first = classes.first, let last = classes.last(where: { $0 != .mark }) else { return false }
        switch first {
        case .right:
            let hasBoth = classes.contains(.europeanNumber) && classes.contains(.arabicNumber)
            let endsWell = last == .right || last == .europeanNumber || last == .arabicNumber
            return !classes.contains(.left) && endsWell && !hasBoth
        case .left:
            let endsWell = last == .left || last == .europeanNumber
            return endsWell && !classes.contains { $0 == .right || $0 == .arabicNumber }
        default: return false
        }
    }

    /// The class of a code point: the blocks of right-to-left scripts, digits, marks; the rest by category.
    private static func direction(of value: UInt32) -> Class {
        guard let scalar = Unicode.Scalar(value) else { return .neutral }
        switch value {
        case 0x30...0x39, 0x6F0...0x6F9: return .europeanNumber
        case 0x660...0x669, 0x66B...0x66C, 0x6DD, 0x600...0x605, 0x8E2, 0x10E60...0x10E7E: return .arabicNumber
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return .mark
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .otherLetter, .modifierLetter, .spacingMark,
            .decimalNumber, .letterNumber:
            break
        default: return .neutral
        }
        switch value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: return .right
        default: return .left
        }
    }
}
