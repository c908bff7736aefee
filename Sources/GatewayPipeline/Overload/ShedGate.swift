import GatewaySettings

/// Decides which requests are turned away when their loop looks at all of them too late.
///
/// Every 100 ms it hears the shortest wait of that time (``QueueWatch``). While that is above the target the pressure rises,
/// while it is not it falls, more slowly: turning requests away is cheap, and the queue is soon gone.
///
/// | pressure | turned away |
/// |---|---|
/// | 0 | nothing |
/// | 1 to 16 | as many sixteenths of the requests of low priority |
/// | 17 to 32 | all of those, and so many sixteenths, less 16, of those of normal priority |
///
/// Requests of high priority are never turned away. The shares are kept by counting, without chance: of every sixteen
/// requests exactly so many go.
package struct ShedGate: Sendable {
    /// Steps from nothing to all of one priority.
    private static let steps = 16

    /// The wait that is not to be exceeded, in nanoseconds.
    private let target: Int64
    /// How much is turned away: 0 to 32.
    package private(set) var pressure = 0
    private var lowCredit = 0
    private var normalCredit = 0

    /// A gate for a wait of `target` nanoseconds.
    package init(target: Int64) { self.target = max(1, target) }

    /// Hears of another 100 ms.
    ///
    /// - Parameter wait: the shortest wait of that time, in nanoseconds.
    package mutating func observe(_ wait: Int64) {
        if wait <= target {
            pressure = max(0, pressure - 1)
        } else {
            pressure = min(2 * Self.steps, pressure + (wait / 4 > target ? 8 : 4))
        }
    }

    /// Whether a request goes on.
    package mutating func admits(_ priority: ExchangeSettings.Priority) -> Bool {
        guard pressure > 0 else { return true }
        switch priority {
        case .high: return true
        case .low: return Self.admits(min(pressure, Self.steps), &lowCredit)
        case .normal: return Self.admits(max(0, pressure - Self.steps), &normalCredit)
        }
    }

    private static func admits(_ share: Int, _ credit: inout Int) -> Bool {
        credit += share
        guard credit >= steps else { return true }
        credit -= steps
        return false
    }
}
