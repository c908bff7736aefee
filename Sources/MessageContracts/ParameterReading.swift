import JSONDocuments
import SchemaEvaluation

/// Reading and checking one parameter.
extension ContractWorkspace {
    /// Checks a parameter that is there.
    mutating func check(
        _ parameter: ParameterContract, _ source: ValueSource, _ program: SchemaProgram, _ sink: inout ViolationSink
    ) -> Bool {
        if parameter.allowsEmptyValue, isEmpty(source) { return true }
        if parameter.isFile { return true }
        var firstFault: ReadFault?
        for position in 0..<parameter.structures.count {
            let structure = parameter.structures[position]
            var choice = ReadingChoice(strings: 0)
            do throws(ReadFault) {
                if structure == .scalar, parameter.isPlainText, case .single(let raw) = source {
                    // Nothing but the encoding can be wrong.
                    if case .fault(let fault) = TextDecoding.decode(raw, parameter.form, into: &text) {
                        throw Self.readFault(fault)
                    }
                    return true
                }
                try write(parameter, structure, source, &choice)
            } catch {
                firstFault = firstFault ?? error
                continue
            }
            guard let entry = parameter.entry else { return true }
            if program.accepts(entry, tape.view, using: &evaluation) == .valid { return true }
            if choice.count > 0, tryOtherReadings(parameter, structure, source, program, choice.count) { return true }
        }
        if sink.isCollecting { explain(parameter, source, program, firstFault, &sink) }
        return false
    }

    /// Tries the other readings of ambiguous texts: all as strings, then combinations of the first six.
    private mutating func tryOtherReadings(
        _ parameter: ParameterContract, _ structure: ValueStructure, _ source: ValueSource, _ program: SchemaProgram,
        _ count: Int
    ) -> Bool {
        guard let entry = parameter.entry else { return true }
        let combinations: UInt64 = 1 << UInt64(min(count, 6))
        var mask = UInt64.max
        while true {
            var choice = ReadingChoice(strings: mask)
            guard (try? write(parameter, structure, source, &choice)) != nil else { return false }
            if program.accepts(entry, tape.view, using: &evaluation) == .valid { return true }
            mask = mask == .max ? 1 : mask + 1
            if mask >= combinations { return false }
        }
    }

    /// Says what is wrong, by the first reading that the text has.
    private mutating func explain(
        _ parameter: ParameterContract, _ source: ValueSource, _ program: SchemaProgram, _ fault: ReadFault?,
        _ sink: inout ViolationSink
    ) {
        for position in 0..<parameter.structures.count {
            let structure = parameter.structures[position]
            var choice = ReadingChoice(strings: 0)
            guard let entry = parameter.entry, (try? write(parameter, structure, source, &choice)) != nil else {
                continue
            }
            let found = program.violations(entry, tape.view, limit: sink.limit, echoesValues: sink.echoesValues)
            if found.isEmpty { continue }
            for one in found {
                sink.report { parameter.violation(one) }
            }
            return
        }
        sink.report { parameter.violation(for: fault ?? .unreadable, syntaxError) }
    }

    /// Whether every occurrence is empty.
    private func isEmpty(_ source: ValueSource) -> Bool {
        switch source {
        case .single(let raw): return raw.isEmpty
        case .chain(var index, _):
            while index >= 0 {
                if fields[index].valueLength != 0 { return false }
                index = Int(fields[index].next)
            }
            return true
        }
    }

    /// Writes a parameter onto the empty tape, in one structure.
    private mutating func write(
        _ parameter: ParameterContract, _ structure: ValueStructure, _ source: ValueSource,
        _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        tape.removeAll()
        let shape = parameter.shape
        if case .chain(let first, let base) = source, parameter.layout == .repeated || parameter.layout == .deep {
            switch structure {
            case .array: return try writeChain(parameter, first, base, &choice)
            case .object:
                if parameter.layout == .deep, hasPlainEntry(first) { throw .unpaired }
                return try writeMembers(first, base, shape, &choice)
            case .scalar: break
            }
        }
        if parameter.layout == .form, let fields = parameter.formFields, case .chain(let first, let base) = source {
            return try writeForm(fields, first, base, &choice)
        }
        let (raw, form) = try singleText(parameter, source)
        switch (parameter.layout, structure) {
        case (.json, _): try writeParsed(raw, form)
        case (.text, _): try writeScalar(raw, form, shape, &choice)
        case (.form, _): throw .unreadable
        case (.xml, _):
            guard let plan = parameter.xmlPlan else { throw .unreadable }
            try writeXML(plan, &choice)
        case (.label(let explode), _):
            guard raw.first == 0x2E else { throw .prefix }
            let rest = UnsafeRawBufferPointer(rebasing: raw[1...])
            try writeText(rest, explode ? .dot : .comma, explode, structure, form, shape, &choice)
        case (.matrix(let explode), _):
            try writeMatrix(raw, parameter, explode, structure, form, &choice)
        case (.separated(let separator), _): try writeText(raw, separator, false, structure, form, shape, &choice)
        case (.assigned, _): try writeText(raw, .comma, true, structure, form, shape, &choice)
        case (.repeated, _), (.deep, _):
            guard structure != .object else { throw .unpaired }
            try writeText(raw, .none, false, structure, form, shape, &choice)
        }
    }

    /// The one text of a value that must have one.
    private func singleText(
        _ parameter: ParameterContract, _ source: ValueSource
    ) throws(ReadFault) -> (UnsafeRawBufferPointer, FieldForm) {
        switch source {
        case .single(let raw): return (raw, parameter.form)
        case .chain(let first, let base):
            let entry = fields[first]
            guard entry.next < 0 else { throw .repeated }
            // `color[R]=1` is no reading of a scalar.
            guard entry.name == FieldEntry.noName || parameter.layout != .deep else { throw .unpaired }
            return (Self.value(entry, base), entry.form)
        }
    }

    /// The value of an entry.
    static func value(_ entry: FieldEntry, _ base: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: base[Int(entry.value)..<(Int(entry.value) + Int(entry.valueLength))])
    }

    /// Writes a text in a structure, with its separator.
    private mutating func writeText(
        _ raw: UnsafeRawBufferPointer, _ separator: Separator, _ explode: Bool, _ structure: ValueStructure,
        _ form: FieldForm, _ shape: ValueShape, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        switch structure {
        case .scalar: try writeScalar(raw, form, shape, &choice)
        case .array: try writeItems(raw, separator, form, shape, &choice)
        case .object:
            if explode {
                try writeAssigned(raw, separator, form, shape, &choice)
            } else {
                try writeAlternating(raw, separator, form, shape, &choice)
            }
        }
    }

    /// Writes a matrix value: `;name=…`, or `;member=…;member=…` (RFC 6570 §3.2.7).
    private mutating func writeMatrix(
        _ raw: UnsafeRawBufferPointer, _ parameter: ParameterContract, _ explode: Bool, _ structure: ValueStructure,
        _ form: FieldForm, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        guard raw.first == 0x3B else { throw .prefix }
        let rest = UnsafeRawBufferPointer(rebasing: raw[1...])
        if explode, structure == .object {
            return try writeAssigned(rest, .semicolon, form, parameter.shape, &choice)
        }
        if explode, structure == .array {
            tape.beginArray()
            var pieces = Pieces(rest, .semicolon, form)
            var position = 0
            while let piece = pieces.next() {
                guard position < ReadingLimit.entries else { throw .tooMany }
                let value = try matrixValue(piece, parameter, form)
                try writeScalar(value, form, parameter.shape.item(position), &choice)
                position += 1
            }
            return tape.endArray()
        }
        let value = try matrixValue(rest, parameter, form)
        if structure == .array, value.isEmpty {
            tape.beginArray()
            return tape.endArray()
        }
        try writeText(value, .comma, false, structure, form, parameter.shape, &choice)
    }

    /// The text after `name=`; a name alone has an empty value.
    private mutating func matrixValue(
        _ piece: UnsafeRawBufferPointer, _ parameter: ParameterContract, _ form: FieldForm
    ) throws(ReadFault) -> UnsafeRawBufferPointer {
        let equals = Octets.first(0x3D, in: piece, from: 0) ?? piece.count
        switch TextDecoding.decode(UnsafeRawBufferPointer(rebasing: piece[..<equals]), form, into: &text) {
        case .fault(let fault): throw Self.readFault(fault)
        case .text(let name):
            guard Octets.equal(name, parameter.nameBytes) else { throw .prefix }
        }
        return UnsafeRawBufferPointer(rebasing: piece[min(equals + 1, piece.count)...])
    }

    /// Parses a JSON text straight onto the tape.
    private mutating func writeParsed(_ raw: UnsafeRawBufferPointer, _ form: FieldForm) throws(ReadFault) {
        switch TextDecoding.decode(raw, form, into: &text) {
        case .fault(let fault): throw Self.readFault(fault)
        case .text(let decoded):
            do throws(JSONSyntaxError) {
                try tape.parse(decoded, limits: JSONLimits())
            } catch {
                syntaxError = error
                throw .json
            }
        }
    }

    /// Writes an array of a chain: an item for each entry.
    private mutating func writeChain(
        _ parameter: ParameterContract, _ first: Int, _ base: UnsafeRawBufferPointer, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        tape.beginArray()
        var index = first
        var position = 0
        while index >= 0 {
            let entry = fields[index]
            guard position < ReadingLimit.entries else { throw .tooMany }
            if parameter.layout == .deep, !isListMember(entry) { throw .unpaired }
            try writeScalar(Self.value(entry, base), entry.form, parameter.shape.item(position), &choice)
            position += 1
            index = Int(entry.next)
        }
        tape.endArray()
    }

    /// Whether an entry of a deep array has no name, empty brackets or a position in them.
    private func isListMember(_ entry: FieldEntry) -> Bool {
        entry.name == FieldEntry.noName
            || names.slice(Int(entry.name), Int(entry.nameLength)).allSatisfy { $0 &- 0x30 < 10 }
    }

    /// Whether a chain has an entry without brackets.
    private func hasPlainEntry(_ first: Int) -> Bool {
        var index = first
        while index >= 0 {
            if fields[index].name == FieldEntry.noName { return true }
            index = Int(fields[index].next)
        }
        return false
    }

    /// Writes an object of a chain: a member for each name, an array where the member's shape is one.
    mutating func writeMembers(
        _ first: Int, _ base: UnsafeRawBufferPointer, _ shape: ValueShape, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        let object = tape.count
        tape.beginObject()
        var index = first
        var count = 0
        while index >= 0 {
            fields[index].isTaken = false
            index = Int(fields[index].next)
            count += 1
        }
        guard count <= ReadingLimit.entries else { throw .tooMany }
        index = first
        while index >= 0 {
            let entry = fields[index]
            index = Int(entry.next)
            if entry.isTaken { continue }
            let name = names.slice(Int(entry.name), Int(entry.nameLength))
            let member = shape.member(name)
            tape.appendKey(name)
            if member.mayBe(.array) {
                try writeGathered(entry, base, member, &choice)
            } else {
                try writeScalar(Self.value(entry, base), entry.form, member, &choice)
            }
        }
        tape.endObject()
        if !tape.view.duplicateKeys(inObject: object, limit: 1).isEmpty { throw .repeatedMember }
    }

    /// Writes the values of an entry and of all later ones of the same name as an array.
    private mutating func writeGathered(
        _ entry: FieldEntry, _ base: UnsafeRawBufferPointer, _ shape: ValueShape, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        tape.beginArray()
        try writeScalar(Self.value(entry, base), entry.form, shape.item(0), &choice)
        var position = 1
        var index = Int(entry.next)
        while index >= 0 {
            let other = fields[index]
            if other.nameLength == entry.nameLength, !other.isTaken,
                JSONView.isEqual(
                    names.slice(Int(other.name), Int(other.nameLength)),
                    names.slice(Int(entry.name), Int(entry.nameLength)))
            {
                fields[index].isTaken = true
                try writeScalar(Self.value(other, base), other.form, shape.item(position), &choice)
                position += 1
            }
            index = Int(other.next)
        }
        tape.endArray()
    }
}

/// The words for faults of reading.
extension ParameterContract {
    /// A violation for a fault.
    func violation(for fault: ReadFault, _ syntax: JSONSyntaxError?) -> ContractViolation {
        switch fault {
        case .percentEncoding:
            violation("percent-encoding", "holds a percent sign without two hexadecimal digits after it")
        case .encoding: violation("utf-8", "is not valid UTF-8")
        case .repeated: violation("repeated-parameter", "must be given once")
        case .repeatedMember: violation("repeated-parameter", "names a member twice")
        case .unpaired: violation("style", "must consist of names with values in the style of the contract")
        case .prefix:
            if case .label = layout {
                violation("style", "must begin with a dot (style label)")
            } else {
                violation("style", "must begin with `;\(name)` (style matrix)")
            }
        case .tooMany: violation("too-many-members", "has more than \(ReadingLimit.entries) entries")
        case .json:
            violation(
                "json-syntax",
                "is not well-formed JSON" + (syntax.map { " at byte \($0.offset): \($0.message)" } ?? ""))
        case .rootElement: violation("xml-root", "has a root element of another name")
        case .unreadable: violation("style", "cannot be read in this style")
        }
    }
}
