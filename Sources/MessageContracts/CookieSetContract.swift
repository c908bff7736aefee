import JSONDocuments
import SchemaEvaluation

/// The cookie parameters of a request.
///
/// Pairs lie between semicolons, with or without a space after them, on any number of Cookie lines (RFC 6265 §5.4
/// allows one; services read all). Exploded values of style `form` may also use the ampersand that RFC 6570 gives
/// them.
final class CookieSetContract: Sendable {
    /// The parameters.
    let parameters: [ParameterContract]

    /// Takes the parameters.
    init(_ parameters: [ParameterContract]) { self.parameters = parameters }

    /// Whether there is nothing to check.
    var isEmpty: Bool { parameters.isEmpty }

    /// Checks every parameter against the Cookie lines.
    func check(
        _ fields: UnsafeBufferPointer<MessageField>, _ program: SchemaProgram, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        var isGood = true
        var lines: UnsafeRawBufferPointer?
        var joined: [UInt8] = []
        var count = 0
        for field in fields where Octets.equal(field.name, lowercase: Self.cookie) {
            count += 1
            if count == 1 {
                lines = field.value
            } else {
                // Rare, and an allocation is worth a second line that is not overlooked.
                if count == 2, let first = lines { joined.append(contentsOf: first) }
                joined.append(0x3B)
                joined.append(contentsOf: field.value)
            }
        }
        if count > 1 {
            isGood = joined.withUnsafeBytes { check($0, program, &workspace, &sink) }
        } else {
            isGood = check(lines ?? UnsafeRawBufferPointer(start: nil, count: 0), program, &workspace, &sink)
        }
        return isGood
    }

    /// Checks the pairs of one text.
    private func check(
        _ text: UnsafeRawBufferPointer, _ program: SchemaProgram, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        sort(text, &workspace)
        var isGood = true
        for index in parameters.indices {
            let parameter = parameters[index]
            let first = workspace.fields.first(of: index)
            if first < 0 {
                guard parameter.isRequired else { continue }
                isGood = false
                guard sink.isCollecting else { return false }
                sink.report { parameter.violation("required", "is required") }
                continue
            }
            let entry = workspace.fields[first]
            let source: ValueSource =
                entry.next < 0 && entry.name == FieldEntry.noName
                ? .single(ContractWorkspace.value(entry, text)) : .chain(first: first, base: text)
            if workspace.check(parameter, source, program, &sink) { continue }
            isGood = false
            guard sink.isCollecting, !sink.isFull else { return false }
        }
        return isGood
    }

    /// Sorts the pairs to their parameters.
    private func sort(_ text: UnsafeRawBufferPointer, _ workspace: inout ContractWorkspace) {
        workspace.fields.reset(owners: parameters.count)
        workspace.names.count = 0
        var pairs = Pieces(text, .semicolon, .plain)
        while !text.isEmpty, let pair = pairs.next() {
            if pair.isEmpty { continue }
            place(pair, text, isWhole: true, &workspace)
        }
    }

    /// Gives a pair to its parameter; the pieces of a pair, if an exploded parameter has the first.
    private func place(
        _ pair: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer, isWhole: Bool,
        _ workspace: inout ContractWorkspace
    ) {
        let equals = Octets.first(0x3D, in: pair, from: 0) ?? pair.count
        let name = UnsafeRawBufferPointer(rebasing: pair[..<equals])
        guard let (owner, isMember) = owner(of: name, &workspace) else { return }
        let parameter = parameters[owner]
        if isWhole, parameter.layout == .repeated, parameter.form == .percent, parameter.structures.first != .scalar,
            Octets.first(0x26, in: pair, from: 0) != nil
        {
            var pieces = Pieces(pair, .ampersand, .percent)
            while let piece = pieces.next() { place(piece, text, isWhole: false, &workspace) }
            return
        }
        let value = UnsafeRawBufferPointer(rebasing: pair[min(equals + 1, pair.count)...])
        var entry = FieldEntry(
            owner: Int32(truncatingIfNeeded: owner), next: -1, name: FieldEntry.noName, nameLength: 0,
            value: UInt32(truncatingIfNeeded: FieldSetContract.offset(of: value, in: text)),
            valueLength: UInt32(truncatingIfNeeded: value.count), form: parameter.form, isTaken: false)
        if isMember {
            entry.name = UInt32(truncatingIfNeeded: workspace.names.append(name))
            entry.nameLength = UInt32(truncatingIfNeeded: name.count)
        }
        workspace.fields.append(entry)
    }

    /// Who owns a name: a parameter of that name, an object that declares it as a member, an open object.
    private func owner(of name: UnsafeRawBufferPointer, _ workspace: inout ContractWorkspace) -> (Int, isMember: Bool)?
    {
        for (index, parameter) in parameters.enumerated() where !parameter.spreadsMembers {
            if Octets.equal(name, parameter.nameBytes) { return (index, false) }
            // Style `form` percent-encodes names as well as values.
            if parameter.form == .percent, Octets.first(0x25, in: name, from: 0) != nil,
                case .text(let decoded) = TextDecoding.decode(name, .percent, into: &workspace.text),
                Octets.equal(decoded, parameter.nameBytes)
            {
                return (index, false)
            }
        }
        for (index, parameter) in parameters.enumerated() where parameter.spreadsMembers {
            if parameter.shape.declared(name) != nil { return (index, true) }
        }
        let collector = parameters.firstIndex { $0.spreadsMembers && $0.shape.claimsOtherMembers }
        return collector.map { ($0, true) }
    }

    /// Small letters.
    private static let cookie = Array("cookie".utf8)
}
