/// What the route table knows about a request.
package enum RouteMatch: Sendable, Equatable {
    /// An operation answers it.
    ///
    /// `mountLength` is how many bytes of the canonical path are the mount: 0 for `/`, 5 for `/shop`. What is left
    /// starts with a slash, or is empty, and goes behind the upstream's prefix, see
    /// ``PathPrefix/joined(with:mountLength:_:)``.
    case matched(RouteID, mountLength: Int)

    /// The path is declared, the method is not: 405 with `Allow` (RFC 9110 section 15.5.6), unless the API of the route
    /// `declaredBy`, the first of those that declare the path, forwards what is undeclared.
    case methodNotAllowed(AllowedMethods, declaredBy: RouteID, mountLength: Int)

    /// No operation has such a path. The mount is the most specific one that covers the path: of the most specific host
    /// the longest prefix, there the API that takes what is undeclared. Nil if no API covers the path.
    case notFound(MountMatch?)
}

/// The API that a request without an operation belongs to.
package struct MountMatch: Sendable, Equatable {
    /// The caller's number of the API.
    package let id: MountID

    /// How many bytes of the canonical path are the mount.
    package let mountLength: Int

    /// Makes a match.
    package init(id: MountID, mountLength: Int) {
        self.id = id
        self.mountLength = mountLength
    }
}

/// The methods of a path, as a ready-made value of the `Allow` field (RFC 9110 section 10.2.1).
///
/// The value is made when the table is built; taking it from a match allocates nothing.
package struct AllowedMethods: Sendable, Equatable, CustomStringConvertible {
    /// The field value, such as `GET, POST`: the common methods in a fixed order, then others by name.
    package let fieldValue: [UInt8]

    /// The field value as text.
    package var description: String { String(decoding: fieldValue, as: UTF8.self) }
}
