import HTTPServing

/// How a gateway hands its listeners over.
extension Gateway {
    /// The listening sockets by name. The caller closes them.
    func socketsToHandOver() async -> [(name: String, descriptors: [CInt])] {
        let standing = standing.withLock { $0 }
        var sockets: [(String, [CInt])] = []
        for entry in standing.listeners {
            sockets.append((Self.publicName(entry.address), await entry.listener.descriptors()))
        }
        if let admin = standing.admin, let address = standing.configuration.admin {
            sockets.append((Self.adminName(address), await admin.descriptors()))
        }
        return sockets
    }

    /// The names of the listeners in use.
    package var listenerNames: Set<String> {
        standing.withLock { standing in
            var names = Set(standing.listeners.map { Self.publicName($0.address) })
            if standing.admin != nil, let address = standing.configuration.admin {
                names.insert(Self.adminName(address))
            }
            return names
        }
    }

    /// What a public listener is called between processes: what its settings say, not its name, which may change.
    static func publicName(_ address: ListenerAddress) -> String { "public \(text(address))" }

    /// What the admin listener is called.
    static func adminName(_ address: ListenerAddress) -> String { "admin \(text(address))" }

    private static func text(_ address: ListenerAddress) -> String {
        switch address {
        case .tcp(let host, let port): "tcp:\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
