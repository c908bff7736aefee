import JSONDocuments

extension JSONWriter {
    /// Writes a member with a string.
    mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    /// Writes a member with an integer.
    mutating func member(_ name: String, _ value: Int) {
        key(name)
        integer(value)
    }
}
