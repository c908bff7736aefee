import GatewayTelemetry
import HTTPServing
import NIOCore

/// How a running gateway takes another snapshot.
extension Gateway {
    /// Has new exchanges begin with `snapshot`. Exchanges under way finish on theirs, connections of clients stay, and so
    /// do those to upstreams that have not changed. Listeners whose address is new are bound before those whose address
    /// is gone are closed; all others are left alone.
    ///
    /// One call at a time.
    ///
    /// - Throws: the system's error when a new address cannot be bound; everything is as it was before then.
    package func reload(_ snapshot: Snapshot, _ next: Configuration, report: AdminReport) async throws {
        // A gateway that ends opens nothing any more.
        guard readiness.isReady else { throw Ending() }
        let old = standing.withLock { $0 }
        let opened = try await open(next, old)
        do {
            try await serving.serve(snapshot, report: report)
        } catch {
            for entry in opened.listeners { await entry.listener.stopAccepting() }
            await opened.admin?.stopAccepting()
            throw error
        }
        await changeLog(next.accessLog, before: old.configuration.accessLog)
        let before = old.configuration
        if next.targetLatency != before.targetLatency || next.memoryBudget != before.memoryBudget {
            try? await Self.watchLoad(next, posts, memory)
        }
        let kept = old.listeners.filter { entry in next.listeners.contains { $0.address == entry.address } }
        for entry in kept {
            guard let plan = next.listeners.first(where: { $0.address == entry.address }) else { continue }
            await entry.listener.change(plan.protocols, limits: next.limits)
        }
        let closing = old.listeners.filter { entry in !next.listeners.contains { $0.address == entry.address } }
        let changesAdmin = next.admin != old.configuration.admin
        standing.withLock { standing in
            standing.listeners = next.listeners.compactMap { plan in
                (kept + opened.listeners).first { $0.address == plan.address }.map {
                    PublicListener(name: plan.name, address: plan.address, listener: $0.listener)
                }
            }
            standing.retiring += closing.map(\.listener)
            if changesAdmin { standing.admin = opened.admin }
            standing.configuration = next
        }
        for entry in closing { await entry.listener.stopAccepting() }
        for entry in closing { await entry.listener.drainConnections() }
        if changesAdmin {
            await old.admin?.stopAccepting()
            await old.admin?.drainConnections()
        }
        await forgetRetired()
    }

    /// The gateway takes no other snapshot any more.
    private struct Ending: Error, CustomStringConvertible {
        var description: String { "the gateway is about to end" }
    }

    /// Shows another report of the snapshot that serves.
    package func show(_ report: AdminReport) async { try? await serving.show(report) }

    /// Binds the addresses that are new.
    private func open(
        _ next: Configuration, _ old: Standing
    ) async throws -> (listeners: [PublicListener], admin: Listener?) {
        var opened: [PublicListener] = []
        // Another address may have a port that this process has itself, such as 0.0.0.0:8080 after 127.0.0.1:8080.
        let ports = Set(
            (old.listeners.map(\.address) + (old.configuration.admin.map { [$0] } ?? [])).compactMap(\.port))
        func isOwn(_ address: ListenerAddress) -> Bool { address.port.map(ports.contains) ?? false }
        do {
            for plan in next.listeners where !old.listeners.contains(where: { $0.address == plan.address }) {
                let listener = try await Self.startPublic(plan, next, posts: posts, sharesPort: isOwn(plan.address))
                opened.append(PublicListener(name: plan.name, address: plan.address, listener: listener))
            }
            let admin =
                next.admin == old.configuration.admin
                ? nil
                : try await Self.startAdmin(
                    next, post: posts[0], serving: serving, sharesPort: next.admin.map(isOwn) ?? false)
            return (opened, admin)
        } catch {
            for entry in opened { await entry.listener.stopAccepting() }
            throw error
        }
    }

    /// Has exchanges logged in another format, or no longer.
    private func changeLog(_ format: AccessLog.Format?, before: AccessLog.Format?) async {
        guard format != before else { return }
        let writer = standing.withLock { standing -> AccessLogWriter? in
            if format != nil, standing.logWriter == nil { standing.logWriter = AccessLogWriter() }
            return standing.logWriter
        }
        for post in posts {
            try? await post.worker.eventLoop.submit {
                let log = format.flatMap { format in writer.map { AccessLog(format: format, writer: $0) } }
                post.worker.value.change(log: log)
            }.get()
        }
    }

    /// Forgets closed listeners whose last connection has ended.
    private func forgetRetired() async {
        for listener in standing.withLock({ $0.retiring }) where await listener.connectionCount() == 0 {
            standing.withLock { $0.retiring.removeAll { $0 === listener } }
        }
    }
}
