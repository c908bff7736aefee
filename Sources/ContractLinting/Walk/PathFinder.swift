import JSONDocuments

/// Finds the way from the root of a file to a node, for many nodes of the same files.
///
/// A node does not know its parents, so the way is searched from the root. The children of wide containers are listed
/// once: a document with findings at each of a hundred thousand paths would otherwise take quadratic time.
package struct PathFinder {
    /// A container.
    private struct Container: Hashable {
        /// Its file.
        let document: ObjectIdentifier
        /// Its node.
        let node: Int
    }

    /// Containers with fewer children are searched from the first to the last.
    private static let smallest = 32

    /// The values in wide containers, in order.
    private var children: [Container: [Int]] = [:]

    /// No file is known yet.
    package init() {}

    /// The names and indexes that lead to a value, or to the value of a member whose name this is.
    ///
    /// - Complexity: O(depth × log width), once the containers on the way are known.
    package mutating func path(to value: JSONValue) -> [String] {
        value.document.withView { view in
            let target = view[value.index].flags.contains(.key) ? value.index + 1 : value.index
            var path: [String] = []
            var container = 0
            while container != target {
                let (child, place) = child(of: container, around: target, view, value.document)
                let isMember = view[container].kind == .object
                path.append(isMember ? String(decoding: view.text(of: child - 1), as: UTF8.self) : String(place))
                container = child
            }
            return path
        }
    }

    /// The child whose subtree holds a node, and its place.
    private mutating func child(
        of container: Int, around target: Int, _ view: JSONView, _ document: JSONDocument
    ) -> (index: Int, place: Int) {
        guard view[container].childCount >= Self.smallest else {
            var found = (index: container, place: 0)
            Self.forEachChild(of: container, view) { index, place in
                if index <= target { found = (index, place) }
            }
            return found
        }
        let key = Container(document: ObjectIdentifier(document), node: container)
        let all = children[key] ?? Self.list(container, view)
        children[key] = all
        var low = 0
        var high = all.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if all[middle] <= target { low = middle } else { high = middle }
        }
        return (all[low], low)
    }

    /// The values in a container.
    private static func list(_ container: Int, _ view: JSONView) -> [Int] {
        var all: [Int] = []
        all.reserveCapacity(view[container].childCount)
        forEachChild(of: container, view) { index, _ in all.append(index) }
        return all
    }

    /// Calls a function with the values in a container and their places.
    private static func forEachChild(of container: Int, _ view: JSONView, _ body: (Int, Int) -> Void) {
        let node = view[container]
        let step = node.kind == .object ? 1 : 0
        var child = container + 1 + step
        var place = 0
        while child < Int(node.next) {
            body(child, place)
            child = Int(view[child].next) + step
            place += 1
        }
    }
}
