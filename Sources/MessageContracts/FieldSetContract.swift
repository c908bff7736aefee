import JSONDocuments
import SchemaEvaluation
import SourceDiagnostics

/// The parameters that share one text of names and values: a query, or a form of version 2.0.
///
/// One pass over the text sorts every pair to its owner, by the decoded name and in this order (OpenAPI 3.2 §4.12.2,
/// policy of ours where it is silent):
///   1. a parameter with exactly this name, brackets and all;
///   2. a `deepObject` parameter, if the name is `name[member]`;
///   3. an exploded object that declares a member of this name;
///   4. the first exploded object that takes a stand on other members;
///   5. nobody: the pair is undeclared.
/// Then every parameter is read from its own chain of pairs, so the cost is one lookup per pair.
final class FieldSetContract: Sendable {
    /// Where a name leads. Plain data: the lookup of a pair touches no reference count.
    private struct Slot: Sendable {
        /// FNV-1a of the name; meaningless where `owner` is -1.
        var hash: UInt64 = 0
        /// Where the name begins in `names`.
        var lower: Int32 = 0
        /// Its length.
        var count: Int32 = 0
        /// The parameter; -1 in an empty slot, -2 for a name that is declared elsewhere.
        var owner: Int32 = -1
        /// Whether the name is a member of the parameter and not its own.
        var isMember = false

        /// Where the name lies in `names`.
        var nameRange: Range<Int> { Int(lower)..<(Int(lower) + Int(count)) }
    }

    /// The parameters.
    let parameters: [ParameterContract]
    /// The same, for loops.
    private let table: ParameterTable
    /// Open addressing by name; a power of two.
    private let slots: [Slot]
    /// All names, one after the other.
    private let names: [UInt8]
    /// Parameters of layout `deep`.
    private let deep: [Int32]
    /// The exploded object that takes all other names; -1 without one.
    private let collector: Int32
    /// Where undeclared names are reported from.
    private let pointer: String
    /// The part of the message.
    private let location: ContractViolation.Location

    /// Indexes the names.
    ///
    /// - Parameter known: Names that are declared outside of the parameters: those of apiKey schemes.
    init(_ parameters: [ParameterContract], known: [String], location: ContractViolation.Location, pointer: String) {
        self.parameters = parameters
        table = ParameterTable(parameters)
        self.location = location
        self.pointer = pointer
        var deep: [Int32] = []
        var collector: Int32 = -1
        var names: [(name: [UInt8], owner: Int32, isMember: Bool)] = []
        for (index, parameter) in parameters.enumerated() {
            let owner = Int32(truncatingIfNeeded: index)
            if !parameter.spreadsMembers { names.append((parameter.nameBytes, owner, false)) }
            if parameter.layout == .deep { deep.append(owner) }
        }
        names += known.map { (Array($0.utf8), -2, false) }
        for (index, parameter) in parameters.enumerated() where parameter.spreadsMembers {
            let owner = Int32(truncatingIfNeeded: index)
            names += parameter.shape.members.map { ($0.name, owner, true) }
            if parameter.shape.claimsOtherMembers, collector < 0 { collector = owner }
        }
        var size = 8
        while size < names.count * 2 { size *= 2 }
        var slots = [Slot](repeating: Slot(), count: size)
        var text: [UInt8] = []
        for entry in names {
            let hash = entry.name.withUnsafeBytes { Self.hash($0) }
            var place = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[place].owner != -1, !text[slots[place].nameRange].elementsEqual(entry.name) {
                place = (place + 1) & (size - 1)
            }
            // The first claim stands: literal names before members.
            guard slots[place].owner == -1 else { continue }
            slots[place] = Slot(
                hash: hash, lower: Int32(truncatingIfNeeded: text.count),
                count: Int32(truncatingIfNeeded: entry.name.count),
                owner: entry.owner, isMember: entry.isMember)
            text += entry.name
        }
        self.names = text
        self.slots = slots
        self.deep = deep
        self.collector = collector
    }

    /// Every name that a pair may have, where they can be listed: not those of members with brackets, nor of an object that
    /// takes all others.
    var allNames: [[UInt8]]? {
        guard deep.isEmpty, collector < 0 else { return nil }
        return slots.filter { $0.owner != -1 }.map { Array(names[$0.nameRange]) }.sorted {
            $0.lexicographicallyPrecedes($1)
        }
    }

    /// Whether there is anything to check.
    var isEmpty: Bool { parameters.isEmpty }

    /// FNV-1a, 64 bit.
    @inline(__always)
    private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }

    /// Who owns a decoded name, and which part of it names a member.
    private func owner(of name: UnsafeRawBufferPointer) -> (owner: Int32, member: Range<Int>?) {
        let hash = Self.hash(name)
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while slots[place].owner != -1 {
            let slot = slots[place]
            if slot.hash == hash, isEqual(name, slot) { return (slot.owner, slot.isMember ? 0..<name.count : nil) }
            place = (place + 1) & mask
        }
        if !deep.isEmpty, name.last == 0x5D, let bracket = Octets.first(0x5B, in: name, from: 1) {
            let prefix = UnsafeRawBufferPointer(rebasing: name[..<bracket])
            for owner in deep where Octets.equal(prefix, parameters[Int(owner)].nameBytes) {
                return (owner, (bracket + 1)..<(name.count - 1))
            }
        }
        return collector >= 0 ? (collector, 0..<name.count) : (-1, nil)
    }

    /// Whether a name is that of a slot.
    @inline(__always)
    private func isEqual(_ name: UnsafeRawBufferPointer, _ slot: Slot) -> Bool {
        guard name.count == Int(slot.count) else { return false }
        for index in 0..<name.count where name[index] != names[Int(slot.lower) + index] { return false }
        return true
    }

    // MARK: - Sorting

    /// Sorts the pairs of a text to their owners.
    ///
    /// - Parameters:
    ///   - text: `name=value` pairs between ampersands.
    ///   - refusesUndeclared: Whether a pair without owner is a violation.
    /// - Returns: Whether all names could be decoded, and none was refused.
    func sort(
        _ text: UnsafeRawBufferPointer, refusesUndeclared: Bool, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        workspace.fields.reset(owners: parameters.count)
        workspace.names.count = 0
        var isGood = true
        var pairs = FieldPairs(text)
        while let pair = pairs.next() {
            switch TextDecoding.decode(pair.name, .form, into: &workspace.text) {
            case .fault(let fault):
                isGood = false
                guard sink.isCollecting else { return false }
                reportName(fault, &sink)
            case .text(let name):
                let found = place(name, value: pair.value, of: text, form: .form, &workspace)
                if !found, refusesUndeclared {
                    isGood = false
                    guard sink.isCollecting else { return false }
                    sink.report { undeclared(name) }
                }
            }
        }
        return isGood
    }

    /// Gives one decoded field to its owner; false if it has none.
    func place(
        _ name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, of text: UnsafeRawBufferPointer, form: FieldForm,
        _ workspace: inout ContractWorkspace
    ) -> Bool {
        let (owner, member) = owner(of: name)
        guard owner >= 0 else { return owner == -2 }
        var entry = FieldEntry(
            owner: owner, next: -1, name: FieldEntry.noName, nameLength: 0,
            value: UInt32(truncatingIfNeeded: Self.offset(of: value, in: text)),
            valueLength: UInt32(truncatingIfNeeded: value.count), form: form, isTaken: false)
        if let member {
            let offset = workspace.names.append(UnsafeRawBufferPointer(rebasing: name[member]))
            entry.name = UInt32(truncatingIfNeeded: offset)
            entry.nameLength = UInt32(truncatingIfNeeded: member.count)
        }
        workspace.fields.append(entry)
        return true
    }

    /// Where a slice begins.
    static func offset(of slice: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer) -> Int {
        guard let start = slice.baseAddress, let base = text.baseAddress, !slice.isEmpty else { return 0 }
        return start - base
    }

    /// A name that could not be decoded.
    private func reportName(_ fault: TextFault, _ sink: inout ViolationSink) {
        sink.report {
            switch fault {
            case .percentEncoding:
                ContractViolation(
                    location, code: "percent-encoding",
                    detail: "a name holds a percent sign without two hexadecimal digits after it", schema: pointer)
            case .encoding:
                ContractViolation(location, code: "utf-8", detail: "a name is not valid UTF-8", schema: pointer)
            }
        }
    }

    /// A name that the contract does not declare.
    private func undeclared(_ name: UnsafeRawBufferPointer) -> ContractViolation {
        let text = Octets.string(name)
        let near = NearestName.among(parameters.map(\.name), to: text)
        return ContractViolation(
            location, name: text, code: "undeclared-parameter",
            detail: "`\(text)` is not declared" + (near.map { ", did you mean `\($0)`?" } ?? ""), schema: pointer)
    }

    // MARK: - Checking

    /// Checks every parameter against the pairs that were sorted.
    func check(
        _ text: UnsafeRawBufferPointer, _ program: SchemaProgram, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        var isGood = true
        for index in 0..<table.count {
            let isKept = table.withParameter(index) { check($0, index, text, program, &workspace, &sink) }
            if isKept { continue }
            isGood = false
            guard sink.isCollecting, !sink.isFull else { return false }
        }
        return isGood
    }

    /// Checks one parameter.
    private func check(
        _ parameter: ParameterContract, _ index: Int, _ text: UnsafeRawBufferPointer, _ program: SchemaProgram,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> Bool {
        let first = workspace.fields.first(of: index)
        if first < 0 {
            guard parameter.isRequired else { return true }
            sink.report { parameter.violation("required", "is required") }
            return false
        }
        let entry = workspace.fields[first]
        if entry.next < 0, entry.name == FieldEntry.noName, entry.form == parameter.form {
            return workspace.check(parameter, .single(ContractWorkspace.value(entry, text)), program, &sink)
        }
        return workspace.check(parameter, .chain(first: first, base: text), program, &sink)
    }

    /// Calls a function with every pair that nobody owns: its decoded name, or nil where it cannot be decoded, and
    /// where the pair stands in the text.
    func forEachUndeclared(
        _ text: UnsafeRawBufferPointer, _ workspace: inout ContractWorkspace,
        _ body: (UnsafeRawBufferPointer?, Range<Int>) -> Void
    ) {
        var pairs = FieldPairs(text)
        while let pair = pairs.next() {
            switch TextDecoding.decode(pair.name, .form, into: &workspace.text) {
            case .fault: body(nil, pair.range)
            case .text(let name): if owner(of: name).owner == -1 { body(name, pair.range) }
            }
        }
    }
}

/// The pairs of a query or form in order; empty pairs are skipped (WHATWG URL §5.1).
struct FieldPairs {
    /// The text.
    private let text: UnsafeRawBufferPointer
    /// Where the next pair begins.
    private var position = 0

    /// Starts at the beginning.
    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// The next pair; a name without equals sign has an empty value.
    mutating func next() -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, range: Range<Int>)? {
        while position < text.count {
            let start = position
            var equals = -1
            var index = start
            while index < text.count, text[index] != 0x26 {
                if equals < 0, text[index] == 0x3D { equals = index }
                index += 1
            }
            position = index + 1
            if index == start { continue }
            let nameEnd = equals < 0 ? index : equals
            let valueStart = equals < 0 ? index : equals + 1
            return (
                UnsafeRawBufferPointer(rebasing: text[start..<nameEnd]),
                UnsafeRawBufferPointer(rebasing: text[valueStart..<index]), start..<index
            )
        }
        return nil
    }
}
