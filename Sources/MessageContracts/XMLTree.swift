import JSONDocuments

/// Why a text is no XML that is read here.
enum XMLFault: Error {
    /// Not well-formed.
    case syntax(offset: Int)
    /// A document type declaration: refused, because entities expand without bound and name other files.
    case documentType(offset: Int)
    /// Elements are nested too deeply, or there are too many.
    case tooLarge
}

/// A small XML document (XML 1.0, UTF-8) as rows: elements, attributes, text.
///
/// Comments and processing instructions are skipped, CDATA sections are text, only the five predefined entities and
/// character references are known. Prefixes of names are cut off: properties are found by their local name.
struct XMLTree {
    /// An element.
    struct Element {
        /// The local name.
        let name: [UInt8]
        /// Local names and values of attributes; declarations of namespaces are left out.
        var attributes: [(name: [UInt8], value: [UInt8])] = []
        /// All text directly inside, pieced together.
        var text: [UInt8] = []
        /// Elements inside, by index.
        var children: [Int] = []
    }

    /// The elements; the root is the first.
    private(set) var elements: [Element] = []

    /// Elements inside one another, at most.
    private static let deepest = 64
    /// Elements and attributes altogether, at most.
    private static let most = 100_000

    /// Parses a document.
    init(_ bytes: UnsafeRawBufferPointer) throws(XMLFault) {
        guard UTF8Sequence.firstFault(in: bytes) == nil else { throw .syntax(offset: 0) }
        var reader = XMLReader(bytes)
        var open: [Int] = []
        var names: [[UInt8]] = []
        var count = 0
        reader.skip(Array("\u{FEFF}".utf8))
        while let event = try reader.next(isInside: !open.isEmpty) {
            switch event {
            case .text(let text):
                guard let current = open.last else { throw .syntax(offset: reader.position) }
                elements[current].text += text
            case .start(let name, let attributes, let isEmpty):
                guard open.count < Self.deepest, count + attributes.count < Self.most else { throw .tooLarge }
                count += 1 + attributes.count
                if open.isEmpty, !elements.isEmpty { throw .syntax(offset: reader.position) }
                var element = Element(name: Self.localName(name))
                for attribute in attributes {
                    let isDeclaration =
                        attribute.name.starts(with: "xmlns:".utf8) || attribute.name == Array("xmlns".utf8)
                    if !isDeclaration { element.attributes.append((Self.localName(attribute.name), attribute.value)) }
                }
                if let parent = open.last { elements[parent].children.append(elements.count) }
                if !isEmpty {
                    open.append(elements.count)
                    names.append(name)
                }
                elements.append(element)
            case .end(let name):
                guard names.popLast() == name else { throw .syntax(offset: reader.position) }
                open.removeLast()
            }
        }
        guard open.isEmpty, !elements.isEmpty else { throw .syntax(offset: bytes.count) }
    }

    /// The part of a name after its prefix.
    private static func localName(_ name: [UInt8]) -> [UInt8] {
        name.firstIndex(of: 0x3A).map { Array(name[($0 + 1)...]) } ?? name
    }
}

/// What comes next in a document.
enum XMLEvent {
    /// A start tag; one that ends in a slash is empty.
    case start(name: [UInt8], attributes: [(name: [UInt8], value: [UInt8])], isEmpty: Bool)
    /// An end tag.
    case end(name: [UInt8])
    /// Text, references resolved.
    case text([UInt8])
}

/// Reads a document piece by piece.
struct XMLReader {
    /// The document.
    private let bytes: UnsafeRawBufferPointer
    /// Where the next piece begins.
    private(set) var position = 0

    /// Starts at the beginning.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Goes past a text if it comes next.
    @discardableResult
    mutating func skip(_ text: [UInt8]) -> Bool {
        guard bytes.count - position >= text.count,
            UnsafeRawBufferPointer(rebasing: bytes[position..<(position + text.count)]).elementsEqual(text)
        else { return false }
        position += text.count
        return true
    }

    /// Goes past a text if it comes next.
    private mutating func skip(_ text: StaticString) -> Bool {
        skip(Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
    }

    /// The next piece; nil at the end.
    mutating func next(isInside: Bool) throws(XMLFault) -> XMLEvent? {
        while position < bytes.count {
            if bytes[position] != 0x3C {
                let text = try characters(until: 0x3C)
                if isInside { return .text(text) }
                // Outside of the root only white space may stand (XML 1.0 §2.1).
                guard text.allSatisfy(Self.isBlank) else { throw .syntax(offset: position) }
            } else if skip("<!--") {
                try skipPast("-->")
            } else if skip("<![CDATA[") {
                guard isInside else { throw .syntax(offset: position) }
                let start = position
                try skipPast("]]>")
                return .text(Array(bytes[start..<(position - 3)]))
            } else if skip("<?") {
                try skipPast("?>")
            } else if skip("<!") {
                throw .documentType(offset: position)
            } else {
                return try tag()
            }
        }
        return nil
    }

    /// A start or end tag (XML 1.0 §3.1).
    private mutating func tag() throws(XMLFault) -> XMLEvent {
        position += 1
        if skip("/") {
            let name = try name()
            skipBlanks()
            guard skip(">") else { throw .syntax(offset: position) }
            return .end(name: name)
        }
        let tagName = try name()
        var attributes: [(name: [UInt8], value: [UInt8])] = []
        while true {
            let start = position
            skipBlanks()
            if skip(">") { return .start(name: tagName, attributes: attributes, isEmpty: false) }
            if skip("/>") { return .start(name: tagName, attributes: attributes, isEmpty: true) }
            guard position > start else { throw .syntax(offset: position) }
            let key = try name()
            skipBlanks()
            guard skip("=") else { throw .syntax(offset: position) }
            skipBlanks()
            guard position < bytes.count, bytes[position] == 0x22 || bytes[position] == 0x27 else {
                throw .syntax(offset: position)
            }
            let quote = bytes[position]
            position += 1
            let value = try characters(until: quote)
            guard position < bytes.count, attributes.count < 1000, !attributes.contains(where: { $0.name == key })
            else {
                throw .syntax(offset: position)
            }
            position += 1
            attributes.append((key, value))
        }
    }

    /// A name: letters, digits and a few signs; octets above ASCII are taken as letters.
    private mutating func name() throws(XMLFault) -> [UInt8] {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            let isLetter = (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F || byte == 0x3A || byte >= 0x80
            let isLater = (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
            guard isLetter || (isLater && position > start) else { break }
            position += 1
        }
        guard position > start else { throw .syntax(offset: position) }
        return Array(bytes[start..<position])
    }

    /// Text up to a byte or the end, references resolved (XML 1.0 §4.1, §4.6).
    private mutating func characters(until stop: UInt8) throws(XMLFault) -> [UInt8] {
        var out: [UInt8] = []
        while position < bytes.count, bytes[position] != stop {
            let byte = bytes[position]
            if byte == 0x26 {
                out += try reference()
                continue
            }
            // XML 1.0 §2.2: other control characters are no characters; §2.4: `<` must not stand in values.
            guard byte >= 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D, byte != 0x3C else {
                throw .syntax(offset: position)
            }
            // XML 1.0 §2.11: line ends become line feeds.
            if byte == 0x0D {
                out.append(0x0A)
                position += position + 1 < bytes.count && bytes[position + 1] == 0x0A ? 2 : 1
            } else {
                out.append(byte)
                position += 1
            }
        }
        return out
    }

    /// `&name;` or `&#number;`.
    private mutating func reference() throws(XMLFault) -> [UInt8] {
        let start = position
        guard let end = Octets.first(0x3B, in: bytes, from: position), end - position <= 12 else {
            throw .syntax(offset: start)
        }
        let name = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
        position = end + 1
        switch name {
        case "lt": return [0x3C]
        case "gt": return [0x3E]
        case "amp": return [0x26]
        case "quot": return [0x22]
        case "apos": return [0x27]
        default: break
        }
        guard name.first == "#" else { throw .syntax(offset: start) }
        let digits = name.dropFirst()
        let value = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let value, value >= 0x20 || value == 9 || value == 10 || value == 13, value != 0xFFFE, value != 0xFFFF,
            let scalar = Unicode.Scalar(value)
        else { throw .syntax(offset: start) }
        return Array(String(Character(scalar)).utf8)
    }

    /// Goes past the next occurrence of a text.
    private mutating func skipPast(_ text: StaticString) throws(XMLFault) {
        let wanted = Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        while position < bytes.count {
            if bytes[position] == wanted[0], skip(wanted) { return }
            position += 1
        }
        throw .syntax(offset: position)
    }

    /// White space.
    private mutating func skipBlanks() {
        while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
    }

    /// Space, tab, line feed, carriage return (XML 1.0 §2.3).
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
