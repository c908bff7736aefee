import Glibc
import TestSupport
import Testing

/// How long one client's requests take, one after the other, on a connection of its own.
struct Pace: CustomStringConvertible {
    /// Seconds that half of the requests need at most.
    let median: Double
    /// Seconds that 99 of 100 need at most.
    let late: Double

    /// Whether this is within three times of what it was when it was quiet. Below five milliseconds, somewhat more than the
    /// kernel's slice of time, the last hundredth speaks of the machine; the half has to hold in any case.
    func isWithinThreeTimes(_ quiet: Pace) -> Bool {
        median < 3 * quiet.median && late < max(3 * quiet.late, 0.005)
    }

    /// The pace beside a flood. A burst of the machine's own spoils a round, a flood all three.
    static func beside(_ gateway: RunningGateway, quiet: Pace) throws -> Pace {
        var during = try Pace(gateway, seconds: 0.8)
        for _ in 0..<2 where !during.isWithinThreeTimes(quiet) { during = try Pace(gateway, seconds: 0.8) }
        return during
    }

    var description: String {
        "median \((median * 1e6).rounded() / 1000) ms, p99 \((late * 1e6).rounded() / 1000) ms"
    }

    /// Measures for some seconds: a request each millisecond.
    init(_ gateway: RunningGateway, seconds: Double) throws {
        let client = try HTTPClient(port: gateway.port)
        defer { client.socket.close() }
        var times: [Double] = []
        let end = Clock.now + seconds
        while Clock.now < end {
            let start = Clock.now
            let reply = try client.exchange("GET /t/canary HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            #expect(reply.status == 200)
            times.append(Clock.now - start)
            usleep(1_000)
        }
        times.sort()
        median = times[times.count / 2]
        late = times[times.count * 99 / 100]
    }
}
