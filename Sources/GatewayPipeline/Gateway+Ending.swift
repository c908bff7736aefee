import GatewayTelemetry
import HTTPServing
import NIOCore

/// How a gateway ends.
extension Gateway {
    /// Ends the gateway: not ready, no new connections, exchanges in flight finish within the grace time.
    ///
    /// - Parameter taken: names of listeners that another process has taken over. When there are some, nothing waits for
    ///   load balancers to look elsewhere: they need not.
    /// - Returns: whether every exchange could finish.
    @discardableResult
    package func drain(handedOver taken: Set<String> = []) async -> Bool {
        readiness.isReady = false
        let configuration = standing.withLock { $0.configuration }
        if taken.isEmpty {
            try? await Task.sleep(nanoseconds: UInt64(max(0, configuration.readinessDelay.nanoseconds)))
        }
        let (closing, admin) = standing.withLock { ($0.listeners, $0.admin) }
        // At once: whoever this process accepts from here on, it would only send away.
        for entry in closing where taken.contains(Self.publicName(entry.address)) { await entry.listener.release() }
        if let admin, let address = configuration.admin, taken.contains(Self.adminName(address)) {
            await admin.release()
        }
        for post in posts {
            try? await post.loop.eventLoop.submit { post.loop.value.isDraining = true }.get()
        }
        for (_, listener) in listeners { await listener.stopAccepting() }
        for listener in allListeners { await listener.drainConnections() }
        let end = NIODeadline.now() + configuration.grace
        var isEmpty = await isIdle()
        while !isEmpty, NIODeadline.now() < end {
            try? await Task.sleep(nanoseconds: 20_000_000)
            isEmpty = await isIdle()
        }
        if !isEmpty, await endTunnels() { isEmpty = await isIdle() }
        await stop()
        return isEmpty
    }

    /// Tells both ends of every tunnel to go, and waits a moment for them; whether there were any.
    private func endTunnels() async -> Bool {
        var found = false
        for post in posts {
            let count = try? await post.worker.eventLoop.submit {
                let tunnels = Array(post.worker.value.tunnels.values)
                post.loop.value.readClock()
                for tunnel in tunnels { tunnel.close("draining") }
                return tunnels.count
            }.get()
            if count ?? 0 > 0 { found = true }
        }
        guard found else { return false }
        let end = NIODeadline.now() + .milliseconds(1_500)
        while await !isIdle(), NIODeadline.now() < end { try? await Task.sleep(nanoseconds: 20_000_000) }
        return true
    }

    /// Whether nobody is connected, and nothing is being undone for somebody who was.
    private func isIdle() async -> Bool {
        guard await openConnections() == 0 else { return false }
        for post in posts {
            let sagas = try? await post.worker.eventLoop.submit { post.worker.value.sagas.count }.get()
            guard sagas ?? 0 == 0 else { return false }
        }
        return true
    }

    /// The public listeners, and those before them that still have connections.
    private var allListeners: [Listener] {
        standing.withLock { $0.listeners.map(\.listener) + $0.retiring }
    }

    /// Connections of public listeners that are open.
    private func openConnections() async -> Int {
        var count = 0
        for listener in allListeners { count += await listener.connectionCount() }
        return count
    }

    /// Ends everything at once.
    package func stop() async {
        for (_, listener) in listeners { await listener.stopAccepting() }
        await admin?.stopAccepting()
        keySets.stop()
        sharedStore?.stop()
        await upstreams.end()
        for post in posts {
            try? await post.worker.eventLoop.submit {
                post.worker.value.flush()
                post.worker.value.shared = nil
                post.worker.value.end()
                post.loop.value.stopTicking()
            }.get()
        }
        await traces?.stop()
        standing.withLock { $0.logWriter }?.stop()
        await group.shutdown()
    }
}
