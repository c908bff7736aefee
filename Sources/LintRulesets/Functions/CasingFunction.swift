import JSONDocuments

/// `casing`: a text is written in one of the ways to join words.
///
/// Spectral's meaning: a capital letter of camel and Pascal case begins a word, so `HTTPServer` is neither; `separator`
/// joins several such words, and may stand in front with `allowLeading`.
struct CasingFunction: RulesetFunction {
    static let name = "casing"

    /// The ways to join words.
    private enum Style: String, CaseIterable {
        /// `flatcase`.
        case flat
        /// `camelCase`.
        case camel
        /// `PascalCase`.
        case pascal
        /// `kebab-case`.
        case kebab
        /// `COBOL-CASE`.
        case cobol
        /// `snake_case`.
        case snake
        /// `MACRO_CASE`.
        case macro
    }

    /// The way.
    private let style: Style
    /// Whether there may be digits.
    private let allowsDigits: Bool
    /// What joins several words.
    private let separator: Character?
    /// Whether the separator may stand in front.
    private let allowsLeading: Bool

    init(_ options: FunctionOptions) throws(RulesetMistake) {
        try options.only("type", "disallowDigits", "separator")
        let type = try options.required("type")
        guard let style = type.string.flatMap(Style.init) else {
            let known = Style.allCases.map(\.rawValue).joined(separator: ", ")
            throw options.wrong("`type` is one of \(known)", type)
        }
        self.style = style
        allowsDigits = try options.flag("disallowDigits") != true
        guard let separator = options["separator"] else {
            self.separator = nil
            allowsLeading = false
            return
        }
        guard let character = separator["char"]?.string, character.count == 1 else {
            throw options.wrong("`separator.char` is one character", separator)
        }
        self.separator = character.first
        allowsLeading = separator["allowLeading"]?.bool ?? false
    }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        guard let text = target.text, !text.isEmpty, !isCorrect(text) else { return [] }
        return [FunctionResult(wording: .property("must be \(style.rawValue) case"))]
    }

    /// Whether a text is written in the way.
    private func isCorrect(_ text: String) -> Bool {
        guard let separator else { return isWord(text) }
        var rest = Substring(text)
        if allowsLeading, rest.first == separator {
            if rest.count == 1 { return true }
            rest = rest.dropFirst()
        }
        // A separator that words may hold themselves leaves several ways to take a text apart.
        return isWord(rest)
            || rest.split(separator: separator, omittingEmptySubsequences: false).allSatisfy { isWord($0) }
    }

    /// Whether a text is one word, or several joined as the style joins them.
    private func isWord(_ text: some StringProtocol) -> Bool {
        switch style {
        case .flat: isPart(text, capitals: false, afterFirst: false)
        case .kebab: isJoined(text, by: "-", capitals: false)
        case .cobol: isJoined(text, by: "-", capitals: true)
        case .snake: isJoined(text, by: "_", capitals: false)
        case .macro: isJoined(text, by: "_", capitals: true)
        case .camel: text.first.map(Self.isSmall) == true && isHumped(text)
        case .pascal: text.first.map(Self.isCapital) == true && isHumped(text)
        }
    }

    /// Whether a text is made of words with a mark between them.
    private func isJoined(_ text: some StringProtocol, by mark: Character, capitals: Bool) -> Bool {
        let parts = text.split(separator: mark, omittingEmptySubsequences: false)
        return parts.enumerated().allSatisfy { isPart($0.element, capitals: capitals, afterFirst: $0.offset > 0) }
    }

    /// Whether a text is letters of one size, with digits unless they are forbidden; the first word begins with a letter.
    private func isPart(_ text: some StringProtocol, capitals: Bool, afterFirst: Bool) -> Bool {
        guard let first = text.first else { return false }
        let isLetter = capitals ? Self.isCapital : Self.isSmall
        guard isLetter(first) || afterFirst && isDigit(first) else { return false }
        return text.allSatisfy { isLetter($0) || isDigit($0) }
    }

    /// Whether every capital letter behind the first character begins a word, or ends the text.
    private func isHumped(_ text: some StringProtocol) -> Bool {
        let characters = Array(text)
        guard characters.allSatisfy({ Self.isSmall($0) || Self.isCapital($0) || isDigit($0) }) else { return false }
        return characters.indices.dropFirst().dropLast().allSatisfy { place in
            !(Self.isCapital(characters[place]) && Self.isCapital(characters[place + 1]))
        }
    }

    /// Whether a character is a digit that may be there.
    private func isDigit(_ character: Character) -> Bool { allowsDigits && ("0"..."9").contains(character) }

    /// Whether a character is a small letter of ASCII.
    private static func isSmall(_ character: Character) -> Bool { ("a"..."z").contains(character) }

    /// Whether a character is a capital letter of ASCII.
    private static func isCapital(_ character: Character) -> Bool { ("A"..."Z").contains(character) }
}
