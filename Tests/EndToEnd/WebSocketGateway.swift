import TestSupport

extension RunningGateway {
    /// A gateway with an API of a few GET operations; `/ws` and `/private` may become WebSockets.
    ///
    /// - Parameters:
    ///   - target: the URL of the service; nil for the backend's own.
    ///   - listener: further settings of the public listener, in flow style.
    ///   - gateway: further lines of the section `gateway`, unindented.
    ///   - defaults: members of `gateway.defaults`, in flow style.
    ///   - upstream: further members of the upstream, in flow style.
    ///   - offers: whether anything may become a WebSocket at all.
    ///   - files: further files of its folder.
    convenience init(
        webSocketsTo backend: RecordingBackend, target: String? = nil, listener: String = "", gateway: String = "",
        defaults: String = "",
        upstream: String = "", offers: Bool = true, files: [String: String] = [:]
    ) throws {
        let upgrade = offers ? "upgrade: websocket, " : ""
        try self.init(
            TemporaryFolder(
                files.merging([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0"\(listener.isEmpty ? "" : ", " + listener) } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                    \(gateway.isEmpty ? "" : "  " + gateway)
                      defaults: { \(defaults) }
                    upstreams:
                      service: { targets: ["\(target ?? "http://127.0.0.1:\(backend.port)")"]\(upstream.isEmpty ? "" : ", " + upstream) }
                    policies:
                      pages: { cors: { origins: ["https://shop.example", "http://page.test"] } }
                      partner: { apiKey: { header: X-Key, keys: "${file:keys}" } }
                    apis:
                      chat:
                        spec: ../specs/chat.yaml
                        upstream: service
                        operations:
                          getSocket: { \(upgrade)cache: { ttl: 60s }, use: [pages] }
                          getPrivate: { \(upgrade)use: [partner] }
                    """,
                    "routes/keys": "key-of-ada ada\n",
                    "specs/chat.yaml": """
                    openapi: 3.1.0
                    info: { title: chat, version: "1" }
                    paths:
                      /ws/{room}:
                        get:
                          operationId: getSocket
                          parameters:
                            - { name: room, in: path, required: true, schema: { type: integer } }
                            - { name: lang, in: query, schema: { enum: [en, de] } }
                          responses: { "101": { description: open }, "200": { description: closed } }
                      /private: { get: { operationId: getPrivate, responses: { "101": { description: open } } } }
                      /plain: { get: { operationId: getPlain, responses: { "200": { description: fine } } } }
                    """,
                ]) { given, _ in given }))
    }

    /// The line of the access log for the only exchange with that status, once it is there.
    func logLine(status: Int, within seconds: Double = 5) throws -> [String: String]? {
        var found: [String: String]?
        _ = Clock.poll(for: seconds) {
            for line in log {
                guard let value = try? JSONText.parse(Array(line.utf8)), value["status"]?.int == status else {
                    continue
                }
                found = Dictionary(
                    uniqueKeysWithValues: value.members.map {
                        ($0.name, $0.value.string ?? $0.value.int.map { "\($0)" } ?? "")
                    })
            }
            return found != nil
        }
        return found
    }
}
