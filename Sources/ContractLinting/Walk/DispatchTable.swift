import JSONDocuments
import OpenAPIDocuments

/// The members of one kind of object: what the grammar says of each, and which rules look at objects that have it.
///
/// The walk probes it once for every member of every object of the document, so it is a flat hash table. A rule is a bit
/// of a mask; the table knows which rule each bit stands for.
struct DispatchTable {
    /// What is known of a name.
    struct Slot {
        /// The hash of the name; no name of a grammar has the hash 0.
        var hash: UInt64 = 0
        /// The field of the grammar, as an index of `fields`; negative for names that only rules ask for.
        var field: Int32 = -1
        /// Whether the object may have the member.
        var isKnown = false
        /// Rules that look at objects with the member.
        var mask: UInt128 = 0
    }

    /// The fields of the grammar.
    let fields: [FieldRule]
    /// Whether undeclared members are mistakes.
    private(set) var reportsUnknown: Bool
    /// Names that the object may have beside the fields.
    private(set) var names: [String] = []
    /// Rules by bit.
    private(set) var rules: [Int] = []
    /// Rules that look at every object of the kind.
    private(set) var always: UInt128 = 0
    /// Rules beyond the width of the mask: they are shown every object.
    private(set) var unmasked: [Int] = []
    /// The slots; a power of two, at most half full.
    private var slots: [Slot] = []

    /// A table of the fields of an object.
    init(_ rule: ObjectRule?) {
        fields = rule?.fields ?? []
        reportsUnknown = rule?.reportsUnknown ?? false
        slots = Array(repeating: Slot(), count: 32)
        for (number, field) in fields.enumerated() {
            update(field.name) {
                $0.field = Int32(truncatingIfNeeded: number)
                $0.isKnown = true
            }
        }
    }

    /// Adds names that the object may have beside the fields; all others are mistakes.
    mutating func add(names: [String]) {
        self.names = names
        reportsUnknown = true
        for name in names { update(name) { $0.isKnown = true } }
    }

    /// All names that the object may have.
    var knownNames: [String] { fields.map(\.name) + names }

    /// Adds what a rule looks at.
    mutating func add(_ interest: NodeInterest, rule: Int) {
        let place = rules.firstIndex(of: rule) ?? rules.count
        guard place < UInt128.bitWidth else {
            unmasked.append(rule)
            return
        }
        if place == rules.count { rules.append(rule) }
        let bit = UInt128(1) << UInt128(place)
        if interest.fields.isEmpty { always |= bit }
        for name in interest.fields { update(name) { $0.mask |= bit } }
    }

    /// Whether any rule looks at the kind.
    var isWatched: Bool { !rules.isEmpty }

    /// What is known of a name; nil for a name that means nothing here.
    @inline(__always)
    func slot(_ hash: UInt64) -> Slot? {
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].hash != 0 {
            if slots[place].hash == hash { return slots[place] }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Changes what is known of a name.
    private mutating func update(_ name: String, _ change: (inout Slot) -> Void) {
        let hash = FieldHash.of(name)
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].hash != 0, slots[place].hash != hash { place = (place + 1) & (slots.count - 1) }
        if slots[place].hash == 0 {
            slots[place].hash = hash
            growIfHalfFull()
            return update(name, change)
        }
        change(&slots[place])
    }

    /// Doubles a table that is half full.
    private mutating func growIfHalfFull() {
        let taken = slots.filter { $0.hash != 0 }
        guard taken.count * 2 > slots.count else { return }
        slots = Array(repeating: Slot(), count: slots.count * 2)
        for slot in taken {
            var place = Int(truncatingIfNeeded: slot.hash) & (slots.count - 1)
            while slots[place].hash != 0 { place = (place + 1) & (slots.count - 1) }
            slots[place] = slot
        }
    }
}
