/// Field lines that the gateway adds to a head, in the form they have on an HTTP/1.1 wire, with their offsets.
///
/// ```
///   text    Via: 1.1 lintel\r\nX-Request-Id: 7f3a…\r\n
///   lines   [name 0..<3, value 5..<15] [name 17..<29, value 31..<47]
/// ```
/// One block of text, so that an HTTP/1.1 writer copies it at once, and HTTP/2 can still walk the lines. Values come
/// from the gateway or from octets that a parser has already checked; a control octet in one is replaced by a space
/// all the same, because no call may be able to write a line end (RFC 9110 §5.5).
package struct FieldBuilder {
    /// The lines as text, each with its CR LF.
    package private(set) var text: [UInt8] = []
    /// Name and value of each line as offsets into `text`.
    package private(set) var lines: [(name: ByteRange, value: ByteRange)] = []

    /// No lines.
    package init() {
        text.reserveCapacity(512)
        lines.reserveCapacity(8)
    }

    /// Forgets all lines and keeps the memory.
    package mutating func removeAll() {
        text.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
    }

    /// Adds `name: value`.
    package mutating func add(_ name: StaticString, _ value: [UInt8]) {
        add(name: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value: value)
    }

    /// Adds `name: value`, both given as text.
    package mutating func add(_ name: StaticString, _ value: StaticString) {
        add(name, [UInt8](UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount)))
    }

    /// Adds a line whose name is only known at run time and has been checked to be a token.
    package mutating func add(name: [UInt8], value: [UInt8]) {
        name.withUnsafeBytes { add(name: $0, value: value) }
    }

    /// Appends `name ": " value CR LF` and notes the line.
    private mutating func add(name: UnsafeRawBufferPointer, value: [UInt8]) {
        let nameStart = text.count
        text.append(contentsOf: name)
        let nameEnd = text.count
        text.append(UInt8(ascii: ":"))
        text.append(0x20)
        let valueStart = text.count
        text.append(contentsOf: value)
        for index in valueStart..<text.count where text[index] < 0x20 || text[index] == 0x7F { text[index] = 0x20 }
        lines.append((ByteRange(nameStart, nameEnd), ByteRange(valueStart, text.count)))
        text.append(0x0D)
        text.append(0x0A)
    }
}
