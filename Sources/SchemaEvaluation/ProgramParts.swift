import JSONDocuments
import PatternMatching

/// A place in a schema document, for messages.
package struct SchemaLocation: Sendable, Hashable {
    /// Index of the document.
    package var document: UInt32
    /// Node of the keyword's name, or of the schema itself.
    package var node: UInt32

    /// A place.
    package init(document: UInt32, node: UInt32) {
        self.document = document
        self.node = node
    }
}

/// A document that schemas of a program come from.
package struct SchemaSource: Sendable {
    /// The document.
    package let document: JSONDocument
    /// Its URI or path.
    package let uri: String

    /// A document and its name.
    package init(document: JSONDocument, uri: String) {
        self.document = document
        self.uri = uri
    }
}

/// A program while it is built: plain arrays that the compiler fills and `SchemaProgram` copies.
package struct ProgramParts: ~Copyable {
    /// One header for each schema.
    package var headers: [SchemaHeader] = []
    /// The steps of all schemas.
    package var instructions: [Instruction] = []
    /// Lists of schemas that steps refer to; also nodes of constants, see `EnumerationPlan`.
    package var schemaLists: [UInt32] = []
    /// Names of all tables.
    package var names: [NameEntry] = []
    /// Slots of all tables.
    package var slots: [UInt32] = []
    /// Texts of names and numbers.
    package var texts: [UInt8] = []
    /// Object plans.
    package var objects: [ObjectPlan] = []
    /// Pattern properties of all object plans.
    package var patternProperties: [PatternProperty] = []
    /// Contains plans.
    package var contains: [ContainsPlan] = []
    /// Dependency plans.
    package var dependencies: [DependencyPlan] = []
    /// Enumeration plans.
    package var enumerations: [EnumerationPlan] = []
    /// Choice plans.
    package var choices: [ChoicePlan] = []
    /// Bounds and divisors.
    package var numbers: [NumberConstant] = []
    /// The divisors among them, taken apart.
    package var divisors: [ExactNumber] = []
    /// Patterns.
    package var patterns: [Pattern] = []
    /// Values of `enum` and `const`.
    package var constants = JSONTape()
    /// Keywords, for messages.
    package var locations: [SchemaLocation] = []
    /// Documents, for messages.
    package var sources: [SchemaSource] = []

    /// An empty program.
    package init() {}

    /// Adds a text.
    /// - Returns: Where it lies.
    package mutating func add(text: UnsafeRawBufferPointer) -> (offset: UInt32, length: UInt32) {
        let offset = UInt32(clamping: texts.count)
        texts.append(contentsOf: text)
        return (offset, UInt32(clamping: text.count))
    }

    /// Adds a number.
    /// - Parameters:
    ///   - literal: A JSON number.
    ///   - isDivisor: Whether multiples of it are asked for.
    /// - Returns: Its index.
    package mutating func add(number literal: UnsafeRawBufferPointer, isDivisor: Bool = false) -> UInt32 {
        let place = add(text: literal)
        let number = ExactNumber(literal: literal)
        let divisor = UInt32(clamping: divisors.count)
        if isDivisor { divisors.append(number) }
        numbers.append(
            NumberConstant(
                short: number.short, offset: place.offset, length: place.length, divisor: divisor))
        return UInt32(clamping: numbers.count - 1)
    }

    /// Adds a name outside of any table.
    /// - Returns: Its index.
    package mutating func add(name: UnsafeRawBufferPointer, schema: UInt32, required: UInt32) -> UInt32 {
        let key = NameKey(name)
        let place = add(text: name)
        names.append(
            NameEntry(
                head: key.head, tail: key.tail, offset: place.offset, length: place.length, schema: schema,
                required: required))
        return UInt32(clamping: names.count - 1)
    }

    /// Makes a table of the names that were added last.
    /// - Parameter first: Index of the first of them; they must differ.
    package mutating func makeTable(from first: UInt32) -> NameTable {
        let entries = names[Int(first)...]
        guard !entries.isEmpty else { return .empty }
        var bits = 1
        while 1 << bits < entries.count * 2 { bits += 1 }
        let shift = 64 - bits
        var best: [UInt32] = []
        var bestCost = Int.max
        var bestMultiplier: UInt64 = 1
        var multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<8 where bestCost > 0 {
            var table = [UInt32](repeating: 0, count: 1 << bits)
            var cost = 0
            for (number, entry) in entries.enumerated() {
                let key = NameKey(head: entry.head, tail: entry.tail, length: Int(entry.length))
                var slot = Int(truncatingIfNeeded: key.hash(multiplier: multiplier) >> UInt64(shift))
                while table[slot] != 0 {
                    cost += 1
                    slot = (slot + 1) & (table.count - 1)
                }
                table[slot] = UInt32(clamping: number + 1)
            }
            if cost < bestCost {
                bestCost = cost
                best = table
                bestMultiplier = multiplier
            }
            multiplier = multiplier &* 0xD134_2543_DE82_EF95 | 1
        }
        let slotStart = slots.count
        slots += best
        return NameTable(
            entries: first, count: UInt32(clamping: entries.count), slots: UInt32(clamping: slotStart),
            shift: UInt32(shift), multiplier: bestMultiplier)
    }
}
