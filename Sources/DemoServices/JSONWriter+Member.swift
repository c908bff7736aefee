import JSONDocuments

extension JSONWriter {
    /// Writes one member of an object: a string.
    mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    /// Writes one member of an object: an integer.
    mutating func member(_ name: String, _ number: Int) {
        key(name)
        integer(number)
    }
}
