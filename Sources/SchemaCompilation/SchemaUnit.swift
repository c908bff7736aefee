import JSONDocuments
import SchemaEvaluation

/// A schema together with all that its meaning depends on. Equal keys compile to one schema of the program.
struct UnitKey: Hashable {
    /// Number of the document.
    let document: Int
    /// The schema's node.
    let node: Int
    /// Number of the dynamic scope.
    let scope: Int
    /// Number of the set of names that the direction of the message excuses.
    let excused: Int
}

/// A schema that waits to be compiled.
struct PendingUnit {
    /// The schema.
    let value: JSONValue
    /// Number of its resource.
    let resource: Int
    /// Number of the dynamic scope.
    let scope: Int
    /// Number of the excused names.
    let excused: Int
    /// Its place among the headers.
    let schema: UInt32
}

/// A schema while it is compiled: its keywords, and the steps so far by section.
struct SchemaUnit {
    /// The schema.
    let pending: PendingUnit
    /// The language.
    let dialect: Dialect
    /// The vocabularies that count.
    let vocabulary: Vocabulary
    /// Nodes of the keywords' values, zero for absent ones.
    private var keywordNodes: [Int32]
    /// Kinds that are admitted.
    var types = TypeSet.all
    /// The keyword `type`.
    var typeLocation: UInt32 = 0
    /// Steps for strings.
    var strings: [Instruction] = []
    /// Steps for numbers.
    var numbers: [Instruction] = []
    /// Steps for arrays.
    var arrays: [Instruction] = []
    /// Steps for objects.
    var objects: [Instruction] = []
    /// Steps for every kind.
    var any: [Instruction] = []
    /// Steps that come last.
    var late: [Instruction] = []

    /// Collects the keywords that count.
    init(_ pending: PendingUnit, dialect: Dialect, vocabulary: Vocabulary) {
        self.pending = pending
        self.dialect = dialect
        self.vocabulary = vocabulary
        keywordNodes = Array(repeating: 0, count: Keyword.allCases.count)
    }

    /// The schema as a JSON value.
    var value: JSONValue { pending.value }

    /// Notes a keyword.
    /// - Parameter node: Its value's node.
    mutating func set(_ keyword: Keyword, node: Int) { keywordNodes[keyword.ordinal] = Int32(clamping: node) }

    /// The value of a keyword, `nil` if it is absent or does not count.
    subscript(keyword: Keyword) -> JSONValue? {
        let node = Int(keywordNodes[keyword.ordinal])
        return node == 0 ? nil : JSONValue(document: value.document, index: node)
    }
}
