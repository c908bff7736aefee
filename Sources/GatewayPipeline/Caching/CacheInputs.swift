import GatewaySettings
import MessageContracts
import ResponseCaching

/// What of an operation's contract takes part in keys, and what of it does not count.
struct CacheInputs: Sendable {
    /// Header parameters, in small letters.
    let headers: [[UInt8]]
    /// Query parameters by name, and the pairs that state their defaults.
    let queryDefaults: [[UInt8]: [[UInt8]]]
    /// Header parameters by name, and their defaults.
    let headerDefaults: [[UInt8]: [UInt8]]
    /// Whether the order of query parameters counts.
    let keepsOrder: Bool
    /// What replies say of it to the caches of clients: the value of `No-Vary-Search`; nil where everything counts
    /// (draft-ietf-httpbis-no-vary-search §3).
    let noVarySearch: [UInt8]?

    /// The inputs of an operation.
    init(_ operation: OperationContract, keepsOrder: Bool, stripsUndeclared: Bool) {
        headers = operation.headerParameterNames
        queryDefaults = Dictionary(operation.queryDefaults.map { ($0.name, $0.texts) }) { first, _ in first }
        headerDefaults = Dictionary(
            operation.headerDefaults.compactMap { declared in declared.texts.first.map { (declared.name, $0) } }
        ) { first, _ in first }
        self.keepsOrder = keepsOrder || operation.takesWholeQuery
        var words = self.keepsOrder ? [] : ["key-order"]
        // An undeclared parameter that the service never sees changes nothing. One that is refused changes the status, and
        // one that passes is part of the key.
        if stripsUndeclared, let names = operation.queryNames {
            words.append("params")
            let list = names.map { "\"" + String(decoding: DeclaredDefault.encoded($0), as: UTF8.self) + "\"" }
            if !list.isEmpty { words.append("except=(" + list.joined(separator: " ") + ")") }
        }
        noVarySearch = words.isEmpty ? nil : Array(words.joined(separator: ", ").utf8)
    }

    /// The values of a header that count: none where it states its default.
    func values(of header: [UInt8], in fields: FieldList) -> [[UInt8]] {
        let values = fields.values(named: header)
        return values.count == 1 && values.first == headerDefaults[header] ? [] : values
    }

    /// The query in the form that key and service get.
    func canonical(_ query: UnsafeRawBufferPointer) -> [UInt8] {
        CanonicalQuery.bytes(of: query, keepsOrder: keepsOrder, defaults: queryDefaults)
    }

    /// What is left out of keys because it says what its absence says, as a person would write it.
    var elided: [String] {
        let pairs = queryDefaults.values.map { $0.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "&") }
        let lines = headerDefaults.map {
            "\(String(decoding: $0.key, as: UTF8.self)): \(String(decoding: $0.value, as: UTF8.self))"
        }
        return pairs.sorted() + lines.sorted()
    }
}
