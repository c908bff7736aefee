/// Properties of code points in labels: RFC 5892 §2 and §3, its contextual rules (appendix A).
///
/// The derived property is computed from Unicode's properties as the RFC does it, so it follows the standard library's
/// version.
enum IDNACodePoint {
    /// What a code point may do in a label.
    enum Property {
        /// PVALID.
        case valid
        /// DISALLOWED or UNASSIGNED.
        case disallowed
        /// CONTEXTJ or CONTEXTO: allowed where its rule holds.
        case contextual
    }

    /// The derived property, RFC 5892 §3.
    static func property(of scalar: Unicode.Scalar) -> Property {
        let value = scalar.value
        switch value {
        // Exceptions, §2.6.
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return .valid
        case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x660...0x669, 0x6F0...0x6F9: return .contextual
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return .disallowed
        // JoinControl, §2.8.
        case 0x200C, 0x200D: return .contextual
        // LDH, §2.4.
        case 0x2D, 0x30...0x39, 0x61...0x7A: return .valid
        case 0...0x7F: return .disallowed
        // OldHangulJamo, §2.9.
        case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF: return .disallowed
        // IgnorableBlocks, §2.5: combining marks for symbols, musical notation.
        case 0x20D0...0x20FF, 0x1D100...0x1D1FF, 0x1D200...0x1D24F: return .disallowed
        default: break
        }
        let properties = scalar.properties
        // Unstable, §2.2: case folding and compatibility normalisation change it. IgnorableProperties, §2.3.
        if properties.changesWhenNFKCCaseFolded || properties.isDefaultIgnorableCodePoint || properties.isWhitespace
            || properties.isNoncharacterCodePoint
        {
            return .disallowed
        }
        switch properties.generalCategory {
        // LetterDigits, §2.1.
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .nonspacingMark, .modifierLetter, .spacingMark,
            .decimalNumber:
            return .valid
        default: return .disallowed
        }
    }

    /// Whether the contextual rule of a code point holds, RFC 5892 appendix A.
    /// - Parameter index: Place of the code point in the label.
    static func contextHolds(_ label: [UInt32], _ index: Int) -> Bool {
        let before = index > 0 ? label[index - 1] : nil
        let after = index + 1 < label.count ? label[index + 1] : nil
        switch label[index] {
        case 0x200C:
            // A.1: after a virama, or between letters that join.
            return isVirama(before) || JoiningType.joinsAcross(label, index)
        case 0x200D: return isVirama(before)
        case 0xB7: return before == 0x6C && after == 0x6C
        case 0x375: return after.map(isGreek) ?? false
        case 0x5F3, 0x5F4: return before.map(isHebrew) ?? false
        case 0x30FB: return label.contains { $0 != 0x30FB && isJapanese($0) }
        case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0) }
        case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0) }
        default: return false
        }
    }

    /// Whether a code point is a virama.
    private static func isVirama(_ value: UInt32?) -> Bool {
        value.flatMap(Unicode.Scalar.init)?.properties.canonicalCombiningClass == .virama
    }

    /// Whether a code point is of the Greek script.
    private static func isGreek(_ value: UInt32) -> Bool {
        switch value {
        case 0x370...0x373, 0x375...0x377, 0x37A...0x37D, 0x37F, 0x384, 0x386, 0x388...0x3E1, 0x3F0...0x3FF,
            0x1D26...0x1D2A, 0x1F00...0x1FFE:
            true
        default: false
        }
    }

    /// Whether a code point is of the Hebrew script.
    private static func isHebrew(_ value: UInt32) -> Bool {
        switch value {
        case 0x591...0x5F4, 0xFB1D...0xFB4F: true
        default: false
        }
    }

    /// Whether a code point is of Hiragana, Katakana or Han.
    private static func isJapanese(_ value: UInt32) -> Bool {
        switch value {
        case 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D,
            0x2E80...0x2FD5, 0x3005, 0x3007, 0x3021...0x3029, 0x3038...0x303B, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xF900...0xFAD9, 0x1B000...0x1B16F, 0x20000...0x323AF:
            true
        default: false
        }
    }
}
