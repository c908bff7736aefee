import JSONDocuments
import Synchronization

/// An exchange that somebody may want to look at: one of the slowest, or one that broke its contract.
///
/// It says which operation and how it went, and nothing that the client sent but its request id: neither target nor
/// address, neither fields nor content.
package struct ExchangeSample: Sendable {
    /// Wall clock at the end of the exchange, in nanoseconds since 1970.
    package var time: Int64
    /// The exchange's request id, as it stands in the access log.
    package var requestID: [UInt8]
    /// The API's name in the settings.
    package var api: String
    /// `operationId`, or method and path.
    package var operation: String
    /// Method and path template of the operation.
    package var line: String
    /// The status sent; 0 where the client left before.
    package var status: Int
    /// From the first byte of the request to the last of the reply, in nanoseconds.
    package var nanoseconds: UInt64
    /// The share of it that the upstream took, in nanoseconds; nil where no attempt was made.
    package var upstreamNanoseconds: UInt64?
    /// The address of the upstream's endpoint; empty where no attempt was made.
    package var endpoint: String
    /// Attempts at the upstream.
    package var attempts: Int
    /// The named reason of how the exchange ended.
    package var outcome: String
    /// Violations of the contract.
    package var violations: Int

    /// A sample.
    package init(
        time: Int64, requestID: [UInt8], api: String, operation: String, line: String, status: Int, nanoseconds: UInt64,
        upstreamNanoseconds: UInt64?, endpoint: String, attempts: Int, outcome: String, violations: Int
    ) {
        self.time = time
        self.requestID = requestID
        self.api = api
        self.operation = operation
        self.line = line
        self.status = status
        self.nanoseconds = nanoseconds
        self.upstreamNanoseconds = upstreamNanoseconds
        self.endpoint = endpoint
        self.attempts = attempts
        self.outcome = outcome
        self.violations = violations
    }
}

/// The samples of one worker: the slowest exchanges of this span of time and of the one before, and the last that broke
/// their contracts. At most 60 in all.
///
/// Whether an exchange is worth keeping is one comparison; the lock is taken for those alone.
package final class SampleShard: Sendable {
    /// Most samples of each list.
    static let most = 20
    /// Length of a span, in nanoseconds.
    static let span: Int64 = 300_000_000_000

    private struct State {
        var begun: Int64 = 0
        var slowest: [ExchangeSample] = []
        var before: [ExchangeSample] = []
        var violating: [ExchangeSample] = []
    }

    private let state = Mutex(State())
    /// What an exchange has to exceed to be one of the slowest, in nanoseconds.
    private let threshold = Atomic<UInt64>(0)

    init() {}

    /// Whether an exchange is to be kept.
    @inline(__always)
    package func wants(nanoseconds: UInt64, violations: Int) -> Bool {
        violations > 0 || nanoseconds > threshold.load(ordering: .relaxed)
    }

    /// Keeps an exchange.
    package func keep(_ sample: ExchangeSample) {
        let slow = threshold.load(ordering: .relaxed)
        let next = state.withLock { state -> UInt64? in
            if sample.violations > 0 {
                if state.violating.count == Self.most { state.violating.removeFirst() }
                state.violating.append(sample)
            }
            guard sample.nanoseconds > slow || state.slowest.count < Self.most else { return nil }
            let place = state.slowest.firstIndex { $0.nanoseconds < sample.nanoseconds } ?? state.slowest.count
            state.slowest.insert(sample, at: place)
            if state.slowest.count > Self.most { state.slowest.removeLast() }
            return state.slowest.count == Self.most ? state.slowest.last?.nanoseconds : nil
        }
        if let next { threshold.store(next, ordering: .relaxed) }
    }

    /// Begins another span when the one at hand is over.
    ///
    /// - Parameter now: wall clock in nanoseconds since 1970.
    package func turn(at now: Int64) {
        let isOver = state.withLock { state in
            guard now < state.begun || now - state.begun >= Self.span else { return false }
            state.begun = now
            state.before = state.slowest
            state.slowest = []
            return true
        }
        if isOver { threshold.store(0, ordering: .relaxed) }
    }

    fileprivate var kept: (slowest: [ExchangeSample], violating: [ExchangeSample]) {
        state.withLock { ($0.slowest + $0.before, $0.violating) }
    }
}

/// What `/samples` tells, of all workers.
package struct SampleListing: Sendable {
    private let slowest: [ExchangeSample]
    private let violating: [ExchangeSample]

    /// The samples of these workers: the slowest first, and of those that broke their contracts the last first.
    init(_ shards: [SampleShard]) {
        let kept = shards.map(\.kept)
        slowest = Array(
            kept.flatMap(\.slowest).sorted { $0.nanoseconds > $1.nanoseconds }.prefix(SampleShard.most))
        violating = Array(kept.flatMap(\.violating).sorted { $0.time > $1.time }.prefix(SampleShard.most))
    }

    /// `{"slowest": […], "violating": […]}`, each `{"time", "requestId", "api", "operation", "line", "status",
    /// "milliseconds", "upstreamMilliseconds"?, "endpoint"?, "attempts", "outcome", "violations"}`; `time` in seconds since
    /// 1970.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, samples) in [("slowest", slowest), ("violating", violating)] {
            writer.key(name)
            writer.beginArray()
            for sample in samples { Self.write(sample, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ sample: ExchangeSample, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("time")
        writer.double(Double(sample.time) / 1e9)
        for (name, text) in [
            ("requestId", String(decoding: sample.requestID, as: UTF8.self)), ("api", sample.api),
            ("operation", sample.operation), ("line", sample.line), ("outcome", sample.outcome),
            ("endpoint", sample.endpoint),
        ] where !text.isEmpty {
            writer.key(name)
            writer.string(text)
        }
        for (name, number) in [
            ("status", sample.status), ("attempts", sample.attempts), ("violations", sample.violations),
        ] {
            writer.key(name)
            writer.integer(number)
        }
        writer.key("milliseconds")
        writer.double(Double(sample.nanoseconds) / 1e6)
        if let upstream = sample.upstreamNanoseconds {
            writer.key("upstreamMilliseconds")
            writer.double(Double(upstream) / 1e6)
        }
        writer.endObject()
    }
}
