import JSONDocuments

/// What rules ask of values over and over.
extension JSONValue {
    /// The names in `type`: one, or several since 3.1; empty where there is none.
    var typeNames: [String] {
        guard let type = self["type"] else { return [] }
        return type.kind == .array ? type.elements.compactMap(\.string) : type.string.map { [$0] } ?? []
    }

    /// Whether `type` names this type, alone or among others.
    func hasType(_ name: String) -> Bool {
        guard let type = self["type"] else { return false }
        return type.kind == .array ? type.elements.contains { $0.string == name } : type.string == name
    }

    /// Whether a member is `true`.
    func isTrue(_ name: String) -> Bool { self[name]?.bool == true }

    /// Whether a string has no character but white space.
    var isBlank: Bool {
        kind == .string && withText { $0.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) } }
    }
}
