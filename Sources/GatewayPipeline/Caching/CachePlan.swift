import HTTPExchanges
import ResponseCaching

/// How replies of one operation are stored, resolved when the snapshot is built.
package final class CachePlan: Sendable {
    /// What the settings say.
    let rules: CacheRules
    /// The beginning of every key: API, operation, and the hash of its contract, so that what was stored under an older
    /// contract is out of reach after a reload.
    private let prefix: [UInt8]
    /// Declared inputs: they select a reply whether Vary names them or not.
    let inputs: CacheInputs
    /// Whether callers have to show credentials.
    let isSecured: Bool
    /// Whether replies are stored; HEAD only takes what a GET has left (RFC 9110 §9.3.2).
    let storesReplies: Bool
    /// Of a composition: the groups of all replies of the operations that it calls.
    let partGroups: [[UInt8]]
    /// Whether the second level, which a fleet shares, takes replies too. Not those of compositions: the groups of their
    /// parts are known only when they are made, and a look-up there has to name them.
    let isForFleets: Bool

    /// Whether content may be had in parts: 206 is declared, or nothing is said about content.
    let takesParts: Bool
    /// Whether parts that are all there make the whole reply: nothing is asked of its content, which nobody has seen whole.
    let completesParts: Bool

    /// A plan.
    ///
    /// - Parameters:
    ///   - operation: the GET operation's name.
    ///   - contract: digest of the document.
    ///   - inputs: what of the contract takes part in keys.
    init(
        api: String, operation: String, contract: String, rules: CacheRules, inputs: CacheInputs,
        isSecured: Bool, storesReplies: Bool, takesParts: Bool, completesParts: Bool,
        partGroups: [[UInt8]] = [], isForFleets: Bool = true
    ) {
        self.partGroups = partGroups
        self.isForFleets = isForFleets
        self.rules = rules
        self.inputs = inputs
        self.takesParts = takesParts
        self.completesParts = completesParts
        self.isSecured = isSecured
        self.storesReplies = storesReplies
        prefix = Array("\(api)\0\(operation)\0\(contract)\0".utf8)
    }

    /// The key of a request.
    ///
    /// The host always takes part: services see it and may write it into links, so that a reply which a stranger asked for
    /// under an invented name must not reach others.
    ///
    /// - Parameters:
    ///   - path: the public path in canonical form.
    ///   - query: the canonical query.
    ///   - principal: who is calling; nil for what everybody shares.
    func key(
        host: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer, query: [UInt8], fields: FieldList,
        principal: [UInt8]?
    ) -> CacheKey {
        var bytes = prefix
        bytes.reserveCapacity(prefix.count + host.count + path.count + query.count + 64)
        for octet in host { bytes.append(octet >= 0x41 && octet <= 0x5A ? octet | 0x20 : octet) }
        bytes.append(0)
        bytes.append(contentsOf: path)
        bytes.append(0)
        bytes.append(contentsOf: query)
        bytes.append(0)
        for input in inputs.headers {
            let values = inputs.values(of: input, in: fields)
            bytes.append(contentsOf: "\(values.count)".utf8)
            for value in values {
                bytes.append(contentsOf: ":\(value.count):".utf8)
                bytes.append(contentsOf: value)
            }
            bytes.append(0x3B)
        }
        bytes.append(0)
        if let principal {
            bytes.append(UInt8(ascii: "="))
            bytes.append(contentsOf: principal)
        }
        return CacheKey(bytes)
    }
}

/// What a successful unsafe request makes invalid: its own path (RFC 9111 §4.4), and by the contract the collection that
/// the item stands in.
package struct CacheInvalidation: Sendable {
    /// The API.
    let api: String
    /// Whether the path is an item's, so that the path above is its collection.
    let isItem: Bool

    /// The groups of a request for a path.
    func groups(path: UnsafeRawBufferPointer) -> [[UInt8]] {
        var groups = [CacheGroup.path(Array(path), api: api)]
        if isItem, let slash = path.lastIndex(of: UInt8(ascii: "/")), slash > 0 {
            groups.append(CacheGroup.path(Array(path[..<slash]), api: api))
        }
        return groups
    }
}

/// The names of groups in the store.
enum CacheGroup {
    /// Most groups that a reply may name.
    private static let limit = 64

    /// All replies for a path, whatever their query.
    static func path(_ path: [UInt8], api: String) -> [UInt8] { Array("path\0\(api)\0".utf8) + path }

    /// A group by its name.
    static func named(_ name: [UInt8]) -> [UInt8] { Array("name\0".utf8) + name }

    /// The groups that a reply names: `Cache-Groups`, `Surrogate-Key` and `xkey`.
    static func groups(of fields: FieldList) -> [[UInt8]] {
        let listed = fields.elements("cache-groups").map { $0.filter { $0 != 0x22 } }
        let keys = (fields.values("surrogate-key") + fields.values("xkey")).flatMap {
            $0.split { $0 == 0x20 || $0 == 0x2C }.map { Array($0) }
        }
        return (listed + keys).prefix(limit).map { named($0) }
    }
}
