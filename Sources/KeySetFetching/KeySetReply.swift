/// A key set as it came, with what the reply says about its lifetime.
package struct KeySetReply: Sendable, Equatable {
    /// The content, at most ``sizeLimit`` bytes.
    package let content: [UInt8]
    /// How long the reply is fresh by its own words; nil where it says nothing.
    package let lifetime: Duration?

    /// Most bytes of content.
    package static let sizeLimit = 1 << 20
}
