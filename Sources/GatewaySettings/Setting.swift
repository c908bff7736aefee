import SourceDiagnostics

/// A value with the place it came from.
package struct Setting<Value: Sendable>: Sendable {
    /// The value.
    package let value: Value
    /// Where it stands in the files; nil for a built-in default.
    package let origin: SourceRange?

    /// States a value and its place.
    ///
    /// - Parameters:
    ///   - value: the value.
    ///   - origin: its place, nil for built-in.
    package init(_ value: Value, from origin: SourceRange? = nil) {
        self.value = value
        self.origin = origin
    }
}

/// A value that the files give a name to, such as an upstream.
package struct Named<Value: Sendable>: Sendable {
    /// The name, unique among its kind over all files.
    package let name: String
    /// Where the name stands.
    package let range: SourceRange
    /// What is named.
    package let value: Value
}

/// One leaf of the settings for people: its full name, its value as text, its place. Secrets show as `***`.
package struct SettingLeaf: Sendable {
    /// The full name, for example `upstreams.products.pool.idle`.
    package let path: String
    /// The value in the words of the files.
    package let text: String
    /// Where it stands; nil for a built-in default.
    package let origin: SourceRange?
}
