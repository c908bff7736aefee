import JSONDocuments

extension JSONValue {
    /// Whether there is something: not `null`, not `false`, no empty text. What rulesets call truthy.
    var isTruthy: Bool {
        switch kind {
        case .null, .false: false
        case .string: withText { !$0.isEmpty }
        case .number: double != 0
        case .true, .array, .object: true
        }
    }

    /// Whether this is a string with exactly these bytes; compares without making a text.
    func isString(_ text: StaticString) -> Bool {
        guard kind == .string else { return false }
        return withText { bytes in
            bytes.elementsEqual(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
    }
}

extension Optional where Wrapped == JSONValue {
    /// Whether there is a value, and something in it.
    var isTruthy: Bool { self?.isTruthy ?? false }
}
