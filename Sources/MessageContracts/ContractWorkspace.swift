import ContentDecoding
import JSONDocuments
import SchemaEvaluation

/// The room that checks work in: one for each event loop, reused for every message, never shared.
///
/// After the first few messages a check allocates nothing; the room keeps the size of the largest message within
/// bounds.
package struct ContractWorkspace: ~Copyable {
    /// Values read from parameters, or the body.
    var tape = JSONTape()
    /// Values inside values: JSON in a form field.
    var inner = JSONTape()
    /// The evaluator's stacks.
    var evaluation = EvaluationWorkspace()
    /// Decoded text; valid until the next decoding.
    var text = OctetBuffer()
    /// Decoded names of fields and members, by offset.
    var names = OctetBuffer()
    /// Fields of the query or form being read.
    var fields = FieldList()

    /// Undoes content codings.
    var decoder = ContentDecoder()
    /// Content whose codings were undone.
    var plainContent: [UInt8] = []

    /// The XML document being checked.
    var xml: XMLTree?
    /// Why the last text that should have been JSON was none.
    var syntaxError: JSONSyntaxError?

    /// An empty room.
    package init() {}

    /// Bytes of tapes that are kept from one message to the next.
    private static let keptBytes = 4 << 20

    /// Gives back what one very large body made the tapes grow to.
    mutating func trim() {
        if tape.allocatedBytes > Self.keptBytes * 2 { tape.removeAll(keepingAtMost: Self.keptBytes) }
        if inner.allocatedBytes > Self.keptBytes * 2 { inner.removeAll(keepingAtMost: Self.keptBytes) }
    }
}

/// Growable bytes that are never given back.
struct OctetBuffer: ~Copyable {
    /// The bytes.
    private(set) var bytes: UnsafeMutablePointer<UInt8>
    /// How many are in use.
    var count = 0
    /// For how many there is room.
    private var capacity: Int

    /// A small buffer.
    init() {
        capacity = 1024
        bytes = .allocate(capacity: capacity)
        bytes.initialize(repeating: 0, count: capacity)
    }

    deinit { bytes.deallocate() }

    /// Makes room for that many bytes in all. The content moves.
    mutating func reserve(_ wanted: Int) {
        guard wanted > capacity else { return }
        let larger = max(wanted, capacity * 2)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.initialize(repeating: 0, count: larger)
        moved.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = moved
        capacity = larger
    }

    /// Appends bytes and returns their offset.
    mutating func append(_ text: UnsafeRawBufferPointer) -> Int {
        reserve(count + text.count)
        let offset = count
        if text.count > 0 {
            UnsafeMutableRawBufferPointer(start: bytes + count, count: text.count).copyMemory(from: text)
        }
        count += text.count
        return offset
    }

    /// A slice; the caller keeps to what was appended.
    func slice(_ lower: Int, _ length: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: bytes + lower, count: length)
    }
}

/// How the value of a field is to be read.
enum FieldForm: UInt8 {
    /// Percent-encoded, plus is a space: queries and urlencoded forms.
    case form
    /// Percent-encoded: paths, cookies of style `form`.
    case percent
    /// As it is: headers, cookies of style `cookie`, text parts of multipart.
    case plain
    /// As it is, JSON: parts with a JSON type.
    case json
    /// Octets, not text: parts with other types.
    case octets
}

/// A name and a value of a query or form.
struct FieldEntry {
    /// The parameter or property that owns it.
    var owner: Int32
    /// The next entry of the same owner; -1 at the end.
    var next: Int32
    /// Offset of the decoded member name in `names`; `noName` without one.
    var name: UInt32
    /// Its length.
    var nameLength: UInt32
    /// Offset of the value in the source.
    var value: UInt32
    /// Its length.
    var valueLength: UInt32
    /// How the value is to be read.
    var form: FieldForm
    /// Whether it was gathered into an array already.
    var isTaken: Bool

    /// Marks an entry that is no member.
    static let noName = UInt32.max
}

/// The entries of one query or form, chained by owner in order of appearance.
struct FieldList: ~Copyable {
    /// The entries.
    private(set) var entries: UnsafeMutablePointer<FieldEntry>
    /// How many there are.
    private(set) var count = 0
    /// For how many there is room.
    private var capacity = 64
    /// First entry by owner; -1 without one.
    private var heads: UnsafeMutablePointer<Int32>
    /// Last entry by owner.
    private var tails: UnsafeMutablePointer<Int32>
    /// How many owners there are room for.
    private var owners = 32

    /// An empty list.
    init() {
        entries = .allocate(capacity: capacity)
        heads = .allocate(capacity: owners)
        tails = .allocate(capacity: owners)
        heads.initialize(repeating: -1, count: owners)
        tails.initialize(repeating: -1, count: owners)
    }

    deinit {
        entries.deallocate()
        heads.deallocate()
        tails.deallocate()
    }

    /// Drops all entries and makes room for owners.
    mutating func reset(owners wanted: Int) {
        count = 0
        if wanted > owners {
            heads.deallocate()
            tails.deallocate()
            owners = max(wanted, owners * 2)
            heads = .allocate(capacity: owners)
            tails = .allocate(capacity: owners)
        }
        heads.initialize(repeating: -1, count: wanted)
        tails.initialize(repeating: -1, count: wanted)
    }

    /// Adds an entry at the end of its owner's chain.
    mutating func append(_ entry: FieldEntry) {
        if count == capacity {
            let moved = UnsafeMutablePointer<FieldEntry>.allocate(capacity: capacity * 2)
            moved.moveInitialize(from: entries, count: count)
            entries.deallocate()
            entries = moved
            capacity *= 2
        }
        (entries + count).initialize(to: entry)
        let owner = Int(entry.owner)
        let index = Int32(truncatingIfNeeded: count)
        if tails[owner] >= 0 {
            entries[Int(tails[owner])].next = index
        } else {
            heads[owner] = index
        }
        tails[owner] = index
        count += 1
    }

    /// The first entry of an owner; -1 without one.
    func first(of owner: Int) -> Int { Int(heads[owner]) }

    /// An entry.
    subscript(index: Int) -> FieldEntry {
        get { entries[index] }
        set { entries[index] = newValue }
    }
}
