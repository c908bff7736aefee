/// Unicode property expressions of ECMA-262 (§22.2.1, tables 66 to 68) in the words of PCRE2 10.42.
enum UnicodeProperty {
    /// The name that PCRE2 knows, `nil` if ECMA-262 does not allow the expression.
    /// - Parameter expression: What stands between the braces of `\p{…}`: `Letter`, `gc=Lu`, `Script=Greek`, `Emoji`.
    static func nativeName(of expression: String) -> String? {
        let parts = expression.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            if let category = generalCategories[expression] { return category }
            return binaryProperties[expression]
        }
        guard !parts[1].isEmpty, parts[1].utf8.allSatisfy(isWordByte) else { return nil }
        switch parts[0] {
        case "General_Category", "gc": return generalCategories[parts[1]]
        case "Script", "sc": return "sc:" + parts[1]
        case "Script_Extensions", "scx": return "scx:" + parts[1]
        default: return nil
        }
    }

    /// Whether a byte may stand in the name of a property's value.
    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// General categories by every alias of PropertyValueAliases.txt.
    private static let generalCategories: [String: String] = {
        let aliases = """
            C Other|Cc Control cntrl|Cf Format|Cn Unassigned|Co Private_Use|Cs Surrogate|L Letter|L& LC Cased_Letter|\
            Ll Lowercase_Letter|Lm Modifier_Letter|Lo Other_Letter|Lt Titlecase_Letter|Lu Uppercase_Letter|\
            M Mark Combining_Mark|Mc Spacing_Mark|Me Enclosing_Mark|Mn Nonspacing_Mark|N Number|\
            Nd Decimal_Number digit|\
            Nl Letter_Number|No Other_Number|P Punctuation punct|Pc Connector_Punctuation|Pd Dash_Punctuation|\
            Pe Close_Punctuation|Pf Final_Punctuation|Pi Initial_Punctuation|Po Other_Punctuation|Ps Open_Punctuation|\
            S Symbol|Sc Currency_Symbol|Sk Modifier_Symbol|Sm Math_Symbol|So Other_Symbol|Z Separator|\
            Zl Line_Separator|Zp Paragraph_Separator|Zs Space_Separator
            """
        var table: [String: String] = [:]
        for group in aliases.split(separator: "|") {
            let names = group.split(separator: " ").map(String.init)
            for name in names where name != "L&" { table[name] = names[0] }
        }
        return table
    }()

    /// Binary properties that both ECMA-262 and PCRE2 10.42 know, by long and short name.
    private static let binaryProperties: [String: String] = {
        let aliases = """
            Any|ASCII|ASCII_Hex_Digit AHex|Alphabetic Alpha|Bidi_Control Bidi_C|Bidi_Mirrored Bidi_M|Case_Ignorable CI|\
            Cased|Changes_When_Casefolded CWCF|Changes_When_Casemapped CWCM|Changes_When_Lowercased CWL|\
            Changes_When_Titlecased CWT|Changes_When_Uppercased CWU|Dash|Default_Ignorable_Code_Point DI|\
            Deprecated Dep|Diacritic Dia|Emoji|Emoji_Component EComp|Emoji_Modifier EMod|Emoji_Modifier_Base EBase|\
            Emoji_Presentation EPres|Extended_Pictographic ExtPict|Extender Ext|Grapheme_Base Gr_Base|\
            Grapheme_Extend Gr_Ext|Hex_Digit Hex|IDS_Binary_Operator IDSB|IDS_Trinary_Operator IDST|ID_Continue IDC|\
            ID_Start IDS|Ideographic Ideo|Join_Control Join_C|Logical_Order_Exception LOE|Lowercase Lower|Math|\
            Noncharacter_Code_Point NChar|Pattern_Syntax Pat_Syn|Pattern_White_Space Pat_WS|Quotation_Mark QMark|\
            Radical|Regional_Indicator RI|Sentence_Terminal STerm|Soft_Dotted SD|Terminal_Punctuation Term|\
            Unified_Ideograph UIdeo|Uppercase Upper|Variation_Selector VS|White_Space space|XID_Continue XIDC|\
            XID_Start XIDS
            """
        var table: [String: String] = [:]
        for group in aliases.split(separator: "|") {
            let names = group.split(separator: " ").map(String.init)
            for name in names { table[name] = names[0] }
        }
        // PCRE2 10.42 has no name for it: all that is not Cn.
        table["Assigned"] = "^Cn"
        return table
    }()
}
