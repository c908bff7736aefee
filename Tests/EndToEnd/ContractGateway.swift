import TestSupport

extension RunningGateway {
    /// A gateway with one API, described by `paths`, in front of a service.
    ///
    /// - Parameters:
    ///   - paths: The document's `paths`, as YAML indented by two.
    ///   - version: The version of OpenAPI.
    ///   - validation: The members of `gateway.defaults.validation`.
    ///   - limits: The members of `gateway.defaults.limits`.
    convenience init(
        paths: String, version: String = "3.2.0", validation: String = "responses: enforce", limits: String = "",
        backend: RecordingBackend
    ) throws {
        try self.init(
            TemporaryFolder([
                "routes/gateway.yaml": """
                version: 1
                gateway:
                  listeners: { public: { bind: "127.0.0.1:0" } }
                  admin: { bind: "127.0.0.1:0" }
                  workers: 1
                  defaults: { validation: { \(validation) }, limits: { \(limits) } }
                upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"] } }
                apis: { test: { spec: ../specs/test.yaml, upstream: service } }
                """,
                "specs/test.yaml": """
                openapi: \(version)
                info: { title: test, version: "1" }
                paths:
                \(paths)
                """,
            ]))
    }

    /// The violations that the access log tells of, once it tells of `count` exchanges.
    func loggedViolations(exchanges count: Int) throws -> [Int] {
        guard Clock.poll(for: 5, until: { log.count >= count }) else { return [] }
        return try log.map { try JSONText.parse(Array($0.utf8))["violations"]?.int ?? 0 }
    }
}

extension HTTPClient.Reply {
    /// Where the violations are that a problem document lists.
    var violationPointers: [String] {
        get throws { try json()["errors"]?.elements.map { $0["pointer"]?.string ?? "" } ?? [] }
    }
}
