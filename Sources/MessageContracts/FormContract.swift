import JSONDocuments
import OpenAPIDocuments
import SchemaEvaluation

/// How a property of a form object lies in its fields.
enum FormFieldReading: Sendable, Equatable {
    /// One text.
    case scalar
    /// One field for each item.
    case list
    /// JSON text.
    case json
    /// One text with separators.
    case separated(Separator)
    /// `name[member]` fields.
    case deep
}

/// A compiled form: the object that urlencoded fields or multipart parts make together (OpenAPI 3.2 §4.15).
final class FormContract: Sendable {
    /// A declared property, or a position of ordered parts.
    struct Field: Sendable {
        /// The name; empty for positions.
        let name: [UInt8]
        /// What its schema says.
        let shape: ValueShape
        /// How it lies in its fields.
        let reading: FormFieldReading
        /// Media types that a part may have; empty where none are declared.
        let contentTypes: [MediaTypeRange]
        /// Whether `contentType` declares JSON.
        let declaresJSON: Bool
        /// Headers that a part must carry.
        let headers: [ParameterContract]
    }

    /// Declared properties.
    let fields: [Field]
    /// The object's shape.
    let shape: ValueShape
    /// 2.0: parameters with a schema each, instead of one object.
    let legacy: FieldSetContract?
    /// 3.2: parts are items of an array; encodings of the first ones.
    let positions: [Field]?
    /// 3.2: the encoding of later parts.
    let laterPositions: Field?

    /// A form of version 3.
    init(fields: [Field], shape: ValueShape, positions: [Field]? = nil, laterPositions: Field? = nil) {
        self.fields = fields
        self.shape = shape
        self.positions = positions
        self.laterPositions = laterPositions
        legacy = nil
    }

    /// A form of version 2.
    init(legacy: FieldSetContract) {
        fields = []
        shape = .any
        positions = nil
        laterPositions = nil
        self.legacy = legacy
    }

    /// How many owners its entries have: 0 for plain fields, then one for each property.
    var ownerCount: Int { fields.count + 1 }

    /// The declared property of a name.
    func field(_ name: UnsafeRawBufferPointer) -> Field? {
        for field in fields where Octets.equal(name, field.name) { return field }
        return nil
    }

    /// The owner of a field by its name, and the part of the name that names a member.
    func owner(of name: UnsafeRawBufferPointer) -> (owner: Int, member: Range<Int>) {
        if name.last == 0x5D, let bracket = Octets.first(0x5B, in: name, from: 1), field(name) == nil {
            let prefix = UnsafeRawBufferPointer(rebasing: name[..<bracket])
            for (index, field) in fields.enumerated() where field.reading == .deep && Octets.equal(prefix, field.name) {
                return (index + 1, (bracket + 1)..<(name.count - 1))
            }
        }
        return (0, 0..<name.count)
    }

    /// How a property without an encoding of its own is read: "object → application/json, array → by its items, else
    /// text/plain" (OpenAPI 3.2 §4.15.1.1).
    static func defaultReading(_ shape: ValueShape) -> FormFieldReading {
        if shape.mayBe(.array) { return .list }
        return shape.isOnly(.object) ? .json : .scalar
    }
}

/// Reading forms onto the tape.
extension ContractWorkspace {
    /// Sorts the pairs of an urlencoded text.
    mutating func sortForm(
        _ form: FormContract, _ text: UnsafeRawBufferPointer
    ) throws(ReadFault) {
        fields.reset(owners: form.ownerCount)
        names.count = 0
        var pairs = FieldPairs(text)
        var count = 0
        while let pair = pairs.next() {
            count += 1
            guard count <= ReadingLimit.entries else { throw .tooMany }
            switch TextDecoding.decode(pair.name, .form, into: &self.text) {
            case .fault(let fault): throw Self.readFault(fault)
            case .text(let name):
                append(form, name, FieldSetContract.offset(of: pair.value, in: text), pair.value.count, .form)
            }
        }
    }

    /// Adds a field of a form.
    mutating func append(
        _ form: FormContract, _ name: UnsafeRawBufferPointer, _ offset: Int, _ length: Int, _ kind: FieldForm
    ) {
        let (owner, member) = form.owner(of: name)
        let place = names.append(UnsafeRawBufferPointer(rebasing: name[member]))
        fields.append(
            FieldEntry(
                owner: Int32(truncatingIfNeeded: owner), next: -1, name: UInt32(truncatingIfNeeded: place),
                nameLength: UInt32(truncatingIfNeeded: member.count), value: UInt32(truncatingIfNeeded: offset),
                valueLength: UInt32(truncatingIfNeeded: length), form: kind, isTaken: false))
    }

    /// Writes the object of a form whose fields were sorted.
    mutating func writeForm(
        _ form: FormContract, _ first: Int, _ base: UnsafeRawBufferPointer, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        if let positions = form.positions { return try writePositions(form, positions, first, base, &choice) }
        let object = tape.count
        tape.beginObject()
        var index = first
        while index >= 0 {
            fields[index].isTaken = false
            index = Int(fields[index].next)
        }
        index = first
        while index >= 0 {
            let entry = fields[index]
            index = Int(entry.next)
            if entry.isTaken { continue }
            let name = names.slice(Int(entry.name), Int(entry.nameLength))
            let field = form.field(name)
            let shape = field?.shape ?? form.shape.member(name)
            tape.appendKey(name)
            switch field?.reading ?? FormContract.defaultReading(shape) {
            case .list: try writeList(entry, base, shape, field, &choice)
            case let reading: try writeField(entry, base, shape, reading, field, &choice)
            }
        }
        for (position, field) in form.fields.enumerated() where field.reading == .deep {
            let chain = fields.first(of: position + 1)
            guard chain >= 0 else { continue }
            field.name.withUnsafeBytes { tape.appendKey($0) }
            try writeMembers(chain, base, field.shape, &choice)
        }
        tape.endObject()
        if !tape.view.duplicateKeys(inObject: object, limit: 1).isEmpty { throw .repeatedMember }
    }

    /// Writes one field.
    private mutating func writeField(
        _ entry: FieldEntry, _ base: UnsafeRawBufferPointer, _ shape: ValueShape, _ reading: FormFieldReading,
        _ field: FormContract.Field?, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        let raw = Self.value(entry, base)
        switch reading {
        case .json where entry.form != .octets: try writeEncodedJSON(raw, entry.form)
        case .separated(let separator):
            if shape.mayBe(.array) {
                try writeItems(raw, separator, entry.form, shape, &choice)
            } else if shape.mayBe(.object) {
                try writeAlternating(raw, separator, entry.form, shape, &choice)
            } else {
                try writeScalar(raw, entry.form, shape, &choice)
            }
        case .scalar, .list, .deep, .json:
            // A string is not JSON because its part says so; `contentType` of the contract does.
            let isText = entry.form == .json && shape.isOnly(.string) && field?.declaresJSON != true
            try writeScalar(raw, isText ? .plain : entry.form, shape, &choice)
        }
    }

    /// Writes a field and all later ones of the same name as an array.
    private mutating func writeList(
        _ entry: FieldEntry, _ base: UnsafeRawBufferPointer, _ shape: ValueShape, _ field: FormContract.Field?,
        _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        tape.beginArray()
        var position = 0
        var current = entry
        while true {
            let item = shape.item(position)
            try writeField(current, base, item, item.isOnly(.object) ? .json : .scalar, field, &choice)
            position += 1
            var index = Int(current.next)
            while index >= 0 {
                let other = fields[index]
                if !other.isTaken,
                    JSONView.isEqual(
                        names.slice(Int(other.name), Int(other.nameLength)),
                        names.slice(Int(entry.name), Int(entry.nameLength)))
                {
                    break
                }
                index = Int(other.next)
            }
            guard index >= 0 else { break }
            fields[index].isTaken = true
            current = fields[index]
        }
        tape.endArray()
    }

    /// Writes ordered parts as an array (OpenAPI 3.2 §4.14.5).
    private mutating func writePositions(
        _ form: FormContract, _ positions: [FormContract.Field], _ first: Int, _ base: UnsafeRawBufferPointer,
        _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        tape.beginArray()
        var index = first
        var position = 0
        while index >= 0 {
            let entry = fields[index]
            let field = position < positions.count ? positions[position] : form.laterPositions
            try writeField(entry, base, form.shape.item(position), .scalar, field, &choice)
            position += 1
            index = Int(entry.next)
        }
        tape.endArray()
    }

    /// Writes JSON text that is itself encoded.
    private mutating func writeEncodedJSON(_ raw: UnsafeRawBufferPointer, _ form: FieldForm) throws(ReadFault) {
        switch TextDecoding.decode(raw, form == .json ? .plain : form, into: &text) {
        case .fault(let fault): throw Self.readFault(fault)
        case .text(let decoded): try writeJSON(decoded)
        }
    }
}
