import JSONDocuments

/// Parses a text into a fresh tape and looks at it.
func parsing<R>(
    _ text: some Collection<UInt8>, limits: JSONLimits = .traffic, _ body: (JSONView) throws -> R
) throws -> R {
    let bytes = Array(text)
    var tape = JSONTape()
    return try bytes.withUnsafeBytes { bytes in
        try tape.parse(bytes, limits: limits)
        return try tape.withView(body)
    }
}

/// What is wrong with a text, or nil.
func firstFault(in text: some Collection<UInt8>, limits: JSONLimits = .traffic) -> JSONSyntaxError? {
    do {
        try parsing(text, limits: limits) { _ in }
        return nil
    } catch {
        return error as? JSONSyntaxError
    }
}

/// What is wrong with a text, or nil.
func firstFault(in text: String, limits: JSONLimits = .traffic) -> JSONSyntaxError? {
    firstFault(in: text.utf8, limits: limits)
}

/// A generator of the same numbers in every run (xorshift64*).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
