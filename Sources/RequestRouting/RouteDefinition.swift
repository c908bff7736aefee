import SourceDiagnostics

/// The number of a row in the caller's own list of operations.
package struct RouteID: Sendable, Hashable {
    /// The caller's row number, from 0 to 4,294,967,294.
    package let index: Int

    /// Makes an identifier from a row number.
    package init(index: Int) { self.index = index }
}

/// The number of an API in the caller's own list.
package struct MountID: Sendable, Hashable {
    /// The caller's number, from 0 to 4,294,967,294.
    package let index: Int

    /// Makes an identifier from a number.
    package init(index: Int) { self.index = index }
}

/// One operation to be routed: a row of the public route table, as it was written.
package struct RouteDefinition: Sendable {
    /// The caller's row number, handed back by a match.
    package let id: RouteID

    /// The hosts of the API: names, `*.` and a name, or nothing for any host.
    package let hosts: [String]

    /// The public prefix of the API, such as `/` or `/shop`.
    package let mount: String

    /// The method exactly as it stands in a request line, such as `GET` (RFC 9110 section 9.1: case-sensitive).
    package let method: String

    /// The path template of the OpenAPI document, such as `/items/{id}`.
    package let template: String

    /// Where the template was written.
    package let range: SourceRange?

    /// What people call the operation, in diagnostics.
    package let name: String

    /// Makes a definition. Nothing is checked here; ``RouteTableBuilder`` does.
    package init(
        id: RouteID,
        hosts: [String] = [],
        mount: String = "/",
        method: String,
        template: String,
        range: SourceRange? = nil,
        name: String
    ) {
        self.id = id
        self.hosts = hosts
        self.mount = mount
        self.method = method
        self.template = template
        self.range = range
        self.name = name
    }
}

/// The public place of an API: what a request that no operation declares belongs to.
package struct MountDefinition: Sendable {
    /// The caller's number of the API.
    package let id: MountID

    /// The hosts of the API: names, `*.` and a name, or nothing for any host.
    package let hosts: [String]

    /// The public prefix of the API, such as `/` or `/shop`.
    package let prefix: String

    /// Whether the API forwards what its document does not declare. At one place only one API can.
    package let takesUndeclared: Bool

    /// Where the place was written.
    package let range: SourceRange?

    /// What people call the API, in diagnostics.
    package let name: String

    /// Makes a definition. Nothing is checked here; ``RouteTableBuilder`` does.
    package init(
        id: MountID,
        hosts: [String] = [],
        prefix: String = "/",
        takesUndeclared: Bool = false,
        range: SourceRange? = nil,
        name: String
    ) {
        self.id = id
        self.hosts = hosts
        self.prefix = prefix
        self.takesUndeclared = takesUndeclared
        self.range = range
        self.name = name
    }
}
