import SourceDiagnostics

/// A place in a document: the way loaders and compilers read it.
///
/// A value is a reference to the document and an index, so it is cheap to keep beside what was made from it, and every
/// mistake found later can still point into the file. Two values are equal when they are the same place; see
/// `structurallyEquals(_:)` for the other question.
package struct JSONValue: Sendable, Hashable {
    /// The document.
    package let document: JSONDocument

    /// The index of the row.
    package let index: Int

    /// Makes a cursor.
    ///
    /// - Parameters:
    ///   - document: The document.
    ///   - index: The index of one of its rows; an index from elsewhere becomes the root.
    package init(document: JSONDocument, index: Int) {
        assert(index >= 0 && index < document.nodeCount)
        self.document = document
        self.index = index >= 0 && index < document.nodeCount ? index : 0
    }

    /// The row.
    package var node: JSONNode { document.withView { $0[index] } }

    /// What the value is.
    package var kind: JSONKind { node.kind }

    /// Where the value stands in the file.
    package var range: SourceRange {
        let node = node
        return SourceRange(file: document.file, lowerBound: Int(node.lower), upperBound: Int(node.upper))
    }

    /// Where the name of the member stands whose value this is; nil for elements and for the root.
    package var keyRange: SourceRange? { key?.range }

    /// The name of the member whose value this is; nil for elements and for the root.
    package var key: JSONValue? {
        // The row before a member's value is its name: names have no children.
        guard index > 0 else { return nil }
        let previous = document.withView { $0[index - 1] }
        return previous.flags.contains(.key) ? JSONValue(document: document, index: index - 1) : nil
    }

    /// Calls a function with the content of a string or the literal of a number.
    package func withText<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try document.withView { try body($0.text(of: index)) }
    }

    /// The content of a string or the literal of a number, as bytes.
    package var text: [UInt8] { withText { Array($0) } }

    /// The content of a string; nil for other kinds.
    package var string: String? {
        kind == .string ? withText { String(decoding: $0, as: UTF8.self) } : nil
    }

    /// The value of `true` and `false`; nil for other kinds.
    package var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// A number that is an integer by value (`1`, `1.0`, `1e2`) and fits; else nil.
    package var int: Int? {
        guard kind == .number else { return nil }
        return withText { ExactNumber.int64($0).flatMap(Int.init(exactly:)) }
    }

    /// The nearest binary number; infinite when the literal is too large, nil for other kinds.
    package var double: Double? { numberLiteral.flatMap(Double.init) }

    /// The exact number; nil for other kinds.
    package var number: ExactNumber? {
        kind == .number ? withText { ExactNumber(literal: $0) } : nil
    }

    /// A number as it is written; nil for other kinds.
    package var numberLiteral: String? {
        kind == .number ? withText { String(decoding: $0, as: UTF8.self) } : nil
    }

    /// Whether the value is `null`.
    package var isNull: Bool { kind == .null }

    /// The count of elements or members; 0 for scalars.
    package var count: Int {
        let node = node
        return node.kind == .array || node.kind == .object ? node.childCount : 0
    }

    /// The value of the member with a name, compared byte by byte; nil when there is none or this is no object.
    package subscript(key: String) -> JSONValue? {
        var key = key
        return key.withUTF8 { key in
            document.value(forKey: UnsafeRawBufferPointer(key), inObject: index)
        }.map { JSONValue(document: document, index: $0) }
    }

    /// The element at a place of an array; nil when there is none or this is no array. O(place).
    package subscript(element: Int) -> JSONValue? {
        guard element >= 0, kind == .array, element < count else { return nil }
        return document.withView { view in
            var child = index + 1
            for _ in 0..<element { child = Int(view[child].next) }
            return JSONValue(document: document, index: child)
        }
    }

    /// The members of an object in the order of the file; none for other kinds.
    package var members: JSONMembers { JSONMembers(self) }

    /// The elements of an array in order; none for other kinds.
    package var elements: JSONElements { JSONElements(self) }

    /// Two cursors are equal when they are the same place of the same document.
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        left.document === right.document && left.index == right.index
    }

    /// Hashes the place.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(document))
        hasher.combine(index)
    }
}

/// One member of an object.
package struct JSONMember: Sendable {
    /// The row of the name; its range is where the name stands.
    package let key: JSONValue

    /// The name.
    package let name: String

    /// The value.
    package let value: JSONValue
}

/// The members of an object, in the order of the file.
package struct JSONMembers: Sequence, Sendable {
    /// The object.
    private let object: JSONValue

    /// Takes any value; only an object has members.
    init(_ object: JSONValue) { self.object = object }

    /// Starts at the first member.
    package func makeIterator() -> Iterator {
        let node = object.node
        return Iterator(
            document: object.document, upcoming: object.index + 1,
            end: node.kind == .object ? Int(node.next) : object.index + 1)
    }

    /// The count, without a walk.
    package var underestimatedCount: Int { object.kind == .object ? object.count : 0 }

    /// Walks from member to member.
    package struct Iterator: IteratorProtocol {
        /// The document.
        fileprivate let document: JSONDocument

        /// The index of the next name.
        fileprivate var upcoming: Int

        /// The index after the object.
        fileprivate let end: Int

        /// The next member.
        package mutating func next() -> JSONMember? {
            guard upcoming < end else { return nil }
            let key = JSONValue(document: document, index: upcoming)
            let value = JSONValue(document: document, index: upcoming + 1)
            upcoming = Int(value.node.next)
            return JSONMember(key: key, name: key.string ?? "", value: value)
        }
    }
}

/// The elements of an array, in order.
package struct JSONElements: Sequence, Sendable {
    /// The array.
    private let array: JSONValue

    /// Takes any value; only an array has elements.
    init(_ array: JSONValue) { self.array = array }

    /// Starts at the first element.
    package func makeIterator() -> Iterator {
        let node = array.node
        return Iterator(
            document: array.document, upcoming: array.index + 1,
            end: node.kind == .array ? Int(node.next) : array.index + 1)
    }

    /// The count, without a walk.
    package var underestimatedCount: Int { array.kind == .array ? array.count : 0 }

    /// Walks from element to element.
    package struct Iterator: IteratorProtocol {
        /// The document.
        fileprivate let document: JSONDocument

        /// The index of the next element.
        fileprivate var upcoming: Int

        /// The index after the array.
        fileprivate let end: Int

        /// The next element.
        package mutating func next() -> JSONValue? {
            guard upcoming < end else { return nil }
            let element = JSONValue(document: document, index: upcoming)
            upcoming = Int(element.node.next)
            return element
        }
    }
}
