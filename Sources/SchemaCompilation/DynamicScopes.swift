/// What dynamic anchors mean along a way through the schemas (2020-12 core §8.2.3.2, 2019-09 §8.2.4.2).
///
/// The dynamic scope of a schema is the list of resources that were entered on the way to it, and a dynamic reference
/// goes to the outermost of them that has the anchor. Resources never change what outer ones have bound, so a scope is
/// a table from anchors to nodes; there are few of them. The compiler compiles a schema once for each scope that
/// reaches it, and every dynamic reference is then a plain one: the executors know nothing of scopes.
struct DynamicScopes {
    /// Anchors with the resource and node that they mean.
    typealias Bindings = [String: Target]

    /// A resource and a node in it.
    struct Target: Hashable {
        /// Number of the resource.
        let resource: Int
        /// The node.
        let node: Int
    }

    /// The name that stands for `$recursiveAnchor: true`; no anchor is empty.
    static let recursive = ""

    /// All scopes; the first one is empty.
    private var scopes: [Bindings] = [[:]]
    /// Numbers of scopes.
    private var numbers: [Bindings: Int] = [[:]: 0]

    /// No scopes but the empty one.
    init() {}

    /// The scope after a resource was entered.
    mutating func entering(_ resource: SchemaResource, number: Int, from scope: Int) -> Int {
        guard !resource.dynamicAnchors.isEmpty || resource.isRecursive else { return scope }
        var bindings = scopes[scope]
        for (name, node) in resource.dynamicAnchors where bindings[name] == nil {
            bindings[name] = Target(resource: number, node: node)
        }
        if resource.isRecursive, bindings[Self.recursive] == nil {
            bindings[Self.recursive] = Target(resource: number, node: resource.root.index)
        }
        if let known = numbers[bindings] { return known }
        scopes.append(bindings)
        numbers[bindings] = scopes.count - 1
        return scopes.count - 1
    }

    /// What an anchor means in a scope.
    func target(of name: String, in scope: Int) -> Target? { scopes[scope][name] }
}
