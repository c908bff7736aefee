import DocumentationPortal
import GatewaySettings
import HTTPExchanges
import NIOCore
import NameResolution
import RequestRouting
import UpstreamCalls

/// An upstream as a snapshot knows it.
package struct UpstreamPlan: Sendable, Equatable {
    /// How each worker calls it.
    package var configuration: UpstreamConfiguration
    /// Its instances; their names are resolved when the snapshot is served, and again and again after that.
    package var targets: [UpstreamTarget]
    /// How long names are not looked up again at most.
    package var resolveEvery: TimeAmount
    /// Who is asked for names; nil for the system.
    package var resolver: DNSResolver?
    /// What the hash of a request goes by; nil where none balances.
    package var hashSource: UpstreamSettings.HashSource?
    /// Index in the metrics.
    package var metrics: Int

    /// An upstream with its instances and metrics.
    package init(
        configuration: UpstreamConfiguration, targets: [UpstreamTarget], resolveEvery: TimeAmount = .seconds(30),
        resolver: DNSResolver? = nil, hashSource: UpstreamSettings.HashSource? = nil, metrics: Int
    ) {
        self.configuration = configuration
        self.targets = targets
        self.resolveEvery = resolveEvery
        self.resolver = resolver
        self.hashSource = hashSource
        self.metrics = metrics
    }
}

/// An API's place, for requests that its document does not declare.
package struct MountRow: Sendable {
    /// The row that forwards undeclared requests; nil where they are refused.
    package var undeclared: RouteRow?

    /// A place whose undeclared requests go to `undeclared`.
    package init(undeclared: RouteRow?) { self.undeclared = undeclared }
}

/// Settings, compiled contracts and routes: everything that serving depends on, immutable, swapped as a whole.
///
/// An exchange finishes on the snapshot that it began with.
package final class Snapshot: Sendable {
    /// The routes.
    package let table: RouteTable
    /// The operations, by the table's row numbers.
    package let rows: [RouteRow]
    /// The APIs, by the table's mount numbers.
    package let mounts: [MountRow]
    /// By route row: its API's mount number.
    package let mountOfRow: [Int]
    /// The upstreams.
    package let upstreams: [UpstreamPlan]
    /// Digest of everything that was loaded, in hexadecimal.
    package let hash: String
    /// The documentation; nil where nobody is to read it.
    package let portal: DocumentationPortal?
    /// Whether pages of other origins may call anything, so that preflights are to be looked for.
    let allowsOrigins: Bool

    /// A snapshot of these parts.
    package init(
        table: RouteTable, rows: [RouteRow], mounts: [MountRow], mountOfRow: [Int], upstreams: [UpstreamPlan],
        hash: String, portal: DocumentationPortal? = nil
    ) {
        self.table = table
        self.rows = rows
        self.mounts = mounts
        self.mountOfRow = mountOfRow
        self.upstreams = upstreams
        self.hash = hash
        self.portal = portal
        allowsOrigins = rows.contains { $0.cors != nil }
    }

    /// The same snapshot with the addresses of its upstreams' instances. Blocks while names are looked up.
    ///
    /// - Parameter previous: the snapshot before: a name that cannot be looked up now keeps the address it had there.
    package func resolvingNames(after previous: Snapshot? = nil) -> Snapshot {
        let known = Set((previous?.upstreams ?? []).flatMap(\.configuration.endpoints))
        let resolved = upstreams.map { plan in
            var plan = plan
            plan.configuration.endpoints = plan.targets.flatMap { target in
                target.resolve(by: plan.resolver)?.endpoints ?? known.filter { $0.name == target.name }
            }
            return plan
        }
        return Snapshot(
            table: table, rows: rows, mounts: mounts, mountOfRow: mountOfRow, upstreams: resolved, hash: hash,
            portal: portal)
    }
}
