import Glibc

/// A name in a table, with what it stands for.
package struct NameEntry: Sendable, BitwiseCopyable {
    /// The first bytes of the name, see `NameKey`.
    package var head: UInt64
    /// The last bytes of the name, see `NameKey`.
    package var tail: UInt64
    /// Where the name lies in the program's texts.
    package var offset: UInt32
    /// Bytes of the name.
    package var length: UInt32
    /// What the table's owner wants to know: the schema of a property, `SchemaProgram.noSchema` for none.
    package var schema: UInt32
    /// Number of the name among the required ones, `NameEntry.notRequired` for none.
    package var required: UInt32

    /// The name is not required.
    package static let notRequired = UInt32.max
}

/// A set of names that is asked with one probe: open addressing over an array of entries.
///
/// The multiplier was chosen so that names meet no other name on the way (or as few as eight tries gave).
package struct NameTable: Sendable, BitwiseCopyable {
    /// First entry.
    package var entries: UInt32
    /// Number of entries.
    package var count: UInt32
    /// First slot; a slot holds the number of an entry within the table plus one, zero if it is free.
    package var slots: UInt32
    /// Right shift that leaves the bits of a slot.
    package var shift: UInt32
    /// Factor of the hash.
    package var multiplier: UInt64

    /// A table without names.
    package static let empty = NameTable(entries: 0, count: 0, slots: 0, shift: 63, multiplier: 1)

    /// The number of a name within the table, -1 if it is not there.
    /// - Parameters:
    ///   - key: The name's words.
    ///   - text: The name.
    ///   - tables: The program's memory.
    @inline(__always)
    func find(_ key: NameKey, _ text: UnsafeRawBufferPointer, _ tables: ProgramTables) -> Int {
        if count == 0 { return -1 }
        let mask = 1 &<< (64 &- Int(shift)) &- 1
        var slot = Int(truncatingIfNeeded: key.hash(multiplier: multiplier) &>> UInt64(shift))
        while true {
            let number = Int(tables.slots[Int(slots) &+ slot])
            if number == 0 { return -1 }
            if tables.names[Int(entries) &+ number &- 1].matches(key, text, tables) { return number &- 1 }
            slot = (slot &+ 1) & mask
        }
    }
}

extension NameEntry {
    /// Whether a text is this name.
    @inline(__always)
    func matches(_ key: NameKey, _ text: UnsafeRawBufferPointer, _ tables: ProgramTables) -> Bool {
        guard head == key.head, tail == key.tail, Int(length) == key.length else { return false }
        return key.length <= 16 || hasSameMiddle(text, tables.texts)
    }

    /// Compares what lies between head and tail of a long name.
    ///
    /// Takes the one pointer that it needs: a call with all tables would copy them to the stack for every name, long or
    /// not.
    @inline(never)
    private func hasSameMiddle(_ text: UnsafeRawBufferPointer, _ texts: UnsafePointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return false }
        return memcmp(base, texts + Int(offset), Int(length)) == 0
    }
}
