/// The bounds that keep a hostile or broken YAML file cheap.
package struct YAMLLimits: Sendable {
    /// How many collections may be open at once, expanded aliases included. libyaml needs quadratic time for nested
    /// flow collections, so parsing stops at the first event that is too deep.
    package var depth: Int

    /// How many nodes all aliases of the file may expand to.
    package var expandedNodes: Int

    /// The most bytes of a file.
    package var size: Int

    /// How many mistakes are reported before parsing stops.
    package var problems: Int

    /// Makes limits.
    package init(depth: Int = 256, expandedNodes: Int = 100_000, size: Int = 64 << 20, problems: Int = 20) {
        self.depth = depth
        self.expandedNodes = expandedNodes
        self.size = size
        self.problems = problems
    }
}
