import JSONDocuments

/// Reads the members of one JSON object and refuses the first that is wrong, by its name.
struct FieldReader {
    /// The object.
    private let object: JSONValue

    /// Takes an object whose members all have known names.
    ///
    /// - Parameters:
    ///   - value: What should be an object.
    ///   - title: What to call it in a refusal.
    ///   - names: The members that it may have.
    init(_ value: JSONValue, _ title: String, names: [String]) throws(Refusal) {
        guard value.kind == .object else { throw .badRequest("\(title) has to be an object.") }
        for member in value.members where !names.contains(member.name) {
            throw .badRequest("The property \(member.name) is unknown.")
        }
        object = value
    }

    /// How many members there are.
    var count: Int { object.count }

    /// Refuses unless all these members are there.
    func require(_ names: [String]) throws(Refusal) {
        for name in names where object[name] == nil { throw .badRequest("The property \(name) is missing.") }
    }

    /// Whether a member is there, be it null.
    func has(_ name: String) -> Bool { object[name] != nil }

    /// Whether a member is there and null.
    func isNull(_ name: String) -> Bool { object[name]?.isNull ?? false }

    /// A string, measured in code points.
    ///
    /// - Parameters:
    ///   - name: The member, which is there.
    ///   - lengths: The lengths that it may have.
    ///   - rule: What it has to look like, in words for the refusal.
    ///   - isValid: Whether it looks so.
    func string(
        _ name: String, _ lengths: ClosedRange<Int>, rule: String = "well-formed",
        where isValid: (String) -> Bool = { _ in true }
    ) throws(Refusal) -> String {
        guard let text = object[name]?.string else { throw .badRequest("The property \(name) has to be a string.") }
        guard lengths.contains(text.unicodeScalars.count) else {
            throw .badRequest(
                "The property \(name) has to have \(lengths.lowerBound) to \(lengths.upperBound) characters.")
        }
        guard isValid(text) else { throw .badRequest("The property \(name) has to be \(rule).") }
        return text
    }

    /// One of the names of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, as type: Choice.Type
    ) throws(Refusal) -> Choice where Choice.RawValue == String {
        guard let choice = object[name]?.string.flatMap(Choice.init) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest("The property \(name) has to be one of \(names).")
        }
        return choice
    }

    /// A whole number; `2.0` is one.
    func integer(_ name: String, _ bounds: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let number = object[name]?.int, bounds.contains(number) else {
            throw .badRequest("The property \(name) has to be a whole number, \(Self.words(for: bounds)).")
        }
        return number
    }

    /// An amount of money as hundredths: a number above 0 with at most two decimal places.
    func hundredths(_ name: String, upTo limit: Int) throws(Refusal) -> Int {
        let complaint =
            "The property \(name) has to be a number above 0, at most \(limit), with at most two decimal places."
        guard let number = object[name]?.double, number > 0, number <= Double(limit) else {
            throw .badRequest(complaint)
        }
        let scaled = (number * 100).rounded()
        // The nearest binary number of a decimal with two places is much closer than this.
        guard scaled >= 1, (number * 100 - scaled).magnitude < 1e-6 else { throw .badRequest(complaint) }
        return Int(scaled)
    }

    /// The elements of an array.
    func array(_ name: String, _ counts: ClosedRange<Int>) throws(Refusal) -> [JSONValue] {
        guard let value = object[name], value.kind == .array, counts.contains(value.count) else {
            throw .badRequest("The property \(name) has to be a list of \(counts.lowerBound) to \(counts.upperBound).")
        }
        return Array(value.elements)
    }

    /// An object within this one.
    func object(_ name: String, names: [String]) throws(Refusal) -> FieldReader {
        guard let value = object[name] else { throw .badRequest("The property \(name) is missing.") }
        return try FieldReader(value, "The property \(name)", names: names)
    }

    /// The members of an object whose names are the client's choice.
    func map(_ name: String, upTo limit: Int) throws(Refusal) -> [JSONMember] {
        guard let value = object[name], value.kind == .object, value.count <= limit else {
            throw .badRequest("The property \(name) has to be an object of at most \(limit) members.")
        }
        return Array(value.members)
    }

    /// Bounds in words.
    private static func words(for bounds: ClosedRange<Int>) -> String {
        bounds.upperBound == Int.max ? "\(bounds.lowerBound) or more" : "\(bounds.lowerBound) to \(bounds.upperBound)"
    }
}
