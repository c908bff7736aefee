/// What the access log says of one exchange. Made on the stack, used within one call, copied nowhere.
///
/// The raw buffers borrow bytes that a remote peer chose; they are escaped and cut when the line is written.
package struct AccessLogEntry {
    /// Wall clock at the end of the exchange, in nanoseconds since 1970.
    package var time: Int64
    /// The exchange's request id.
    package var requestID: UnsafeRawBufferPointer
    /// The client's address, without port.
    package var client: UnsafeRawBufferPointer
    /// The request's method; empty where the head was not readable.
    package var method: UnsafeRawBufferPointer
    /// The request's target as received. Its query is only logged where the log was made with `logsQueries`.
    package var target: UnsafeRawBufferPointer
    /// The status sent; 0 where the client left before.
    package var status: Int
    /// The API and operation that matched, nil for none.
    package var operation: AccessLogOperation?
    /// The address of the upstream's endpoint; empty where no attempt was made.
    package var endpoint: String
    /// Bytes received from the client for this exchange.
    package var bytesIn: Int
    /// Bytes sent to the client for this exchange.
    package var bytesOut: Int
    /// From the first byte of the request to the last of the reply, in nanoseconds.
    package var nanoseconds: UInt64
    /// The share of it that the upstream took, in nanoseconds; nil where no attempt was made.
    package var upstreamNanoseconds: UInt64?
    /// The named reason of how the exchange ended: `forwarded`, `contract`, `upstream-timeout`, …
    package var outcome: String
    /// How many violations were found (reported ones included).
    package var violations: Int
    /// The steps of a composition; the log takes no more than ``AccessLog/mostSteps``.
    package var steps: [AccessLogStep]

    /// Describes an exchange; everything that is left out is empty or zero.
    package init(
        time: Int64,
        requestID: UnsafeRawBufferPointer = .init(start: nil, count: 0),
        client: UnsafeRawBufferPointer = .init(start: nil, count: 0),
        method: UnsafeRawBufferPointer = .init(start: nil, count: 0),
        target: UnsafeRawBufferPointer = .init(start: nil, count: 0),
        status: Int = 0,
        operation: AccessLogOperation? = nil,
        endpoint: String = "",
        bytesIn: Int = 0,
        bytesOut: Int = 0,
        nanoseconds: UInt64 = 0,
        upstreamNanoseconds: UInt64? = nil,
        outcome: String = "",
        violations: Int = 0,
        steps: [AccessLogStep] = []
    ) {
        self.steps = steps
        self.time = time
        self.requestID = requestID
        self.client = client
        self.method = method
        self.target = target
        self.status = status
        self.operation = operation
        self.endpoint = endpoint
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.nanoseconds = nanoseconds
        self.upstreamNanoseconds = upstreamNanoseconds
        self.outcome = outcome
        self.violations = violations
    }
}

/// What the access log says of one step of a composition.
package struct AccessLogStep: Sendable {
    /// The step's name.
    let name: String
    /// `done`, `skipped`, or why it has no result, in one word.
    let outcome: String
    /// From its turn to its end; nil where it has not ended.
    let nanoseconds: UInt64?

    /// Describes a step.
    package init(name: String, outcome: String, nanoseconds: UInt64?) {
        self.name = name
        self.outcome = outcome
        self.nanoseconds = nanoseconds
    }
}

/// The part of a log line that an operation always has, escaped once when the snapshot is built.
package final class AccessLogOperation: Sendable {
    /// `"api":"…","operation":"…"`
    let json: [UInt8]
    /// `api/operation`
    let text: [UInt8]

    /// Prepares the names of an operation.
    ///
    /// - Parameters:
    ///   - api: name of the API.
    ///   - operation: operationId, or method and path.
    package init(api: String, operation: String) {
        let limit = AccessLog.Limits.name
        let buffer = LogBuffer(capacity: 64 + 12 * limit)
        buffer.appendLine { line in
            line.put("\"api\":\"")
            line.put(escaping: api, limit: limit)
            line.put("\",\"operation\":\"")
            line.put(escaping: operation, limit: limit)
            line.put("\"")
        }
        json = buffer.withBytes { Array($0.dropLast()) }
        buffer.removeAll()
        buffer.appendLine { line in
            line.put(escaping: api, limit: limit)
            line.put("/")
            line.put(escaping: operation, limit: limit)
        }
        text = buffer.withBytes { Array($0.dropLast()) }
    }
}

/// The access log of one worker: one line per exchange, gathered in memory, handed to the writer's thread in blocks.
///
/// Confined to its event loop. A block goes out when 32 KiB are full and when the owner calls `flush()` (every 200 ms).
/// Handing over takes a lock for the time of a pointer swap; if the writer is behind, the block is dropped and its
/// lines are counted, so that a stuck terminal or pipe never stops traffic.
///
/// Never logged: queries (unless `logsQueries`), header fields, bodies. Everything remote is escaped and cut to
/// `Limits`.
package final class AccessLog {
    /// How exchanges are written.
    package enum Format: Sendable, Equatable {
        /// One JSON object a line.
        case json
        /// Words separated by spaces, remote ones in quotes.
        case text
    }

    /// Bytes of each field at most, before escaping.
    enum Limits {
        /// A request id.
        static let requestID = 128
        /// An address.
        static let address = 255
        /// A method.
        static let method = 32
        /// A target.
        static let target = 2048
        /// An outcome's name.
        static let outcome = 64
        /// The name of an API or an operation.
        static let name = 256
        /// The name of a step.
        static let step = 64
        /// A whole line after escaping (six bytes for one), names and numbers included.
        static let line =
            6 * (requestID + 2 * address + method + target + outcome + 2 * name + mostSteps * (step + outcome)) + 1024
            + mostSteps * 64
    }

    /// Steps of a composition that a line tells of.
    package static let mostSteps = 16

    /// Bytes after which a block is handed over.
    package static let blockSize = 32 * 1024

    /// How exchanges are written.
    private let format: Format
    /// Whether the part of the target after `?` is logged.
    private let logsQueries: Bool
    /// Takes full blocks.
    private let writer: AccessLogWriter
    /// The block being filled.
    private var buffer: LogBuffer
    /// The cached second.
    private let timestamp = LogTimestamp()

    /// Makes the log of one worker.
    ///
    /// - Parameters:
    ///   - format: how exchanges are written.
    ///   - writer: where full blocks go; shared by all workers.
    ///   - logsQueries: whether queries are logged; they may carry credentials, so by default they are not.
    package init(format: Format, writer: AccessLogWriter, logsQueries: Bool = false) {
        self.format = format
        self.logsQueries = logsQueries
        self.writer = writer
        buffer = writer.spareBuffer()
    }

    /// Writes the line of an exchange.
    ///
    /// - Parameter entry: the exchange; its buffers are only read within the call.
    package func record(_ entry: borrowing AccessLogEntry) {
        let buffer = buffer
        buffer.appendLine { line in
            switch format {
            case .json: writeJSON(entry, &line)
            case .text: writeText(entry, &line)
            }
        }
        if buffer.count >= Self.blockSize { flush() }
    }

    /// Hands over what was gathered; the owner calls it every 200 ms and before the worker ends.
    package func flush() {
        guard buffer.count > 0 else { return }
        buffer = writer.exchange(buffer)
    }

    /// The part of a target that may be logged.
    private func shown(_ target: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard !logsQueries, let end = target.firstIndex(of: UInt8(ascii: "?")) else { return target }
        return UnsafeRawBufferPointer(rebasing: target[..<end])
    }

    /// Writes an exchange as a JSON object. Fields that say nothing are left out.
    private func writeJSON(_ entry: borrowing AccessLogEntry, _ line: inout LogLine) {
        line.put("{\"time\":\"")
        timestamp.write(entry.time, into: &line)
        line.put("\",\"id\":\"")
        line.put(escaping: entry.requestID, limit: Limits.requestID)
        line.put("\",\"client\":\"")
        line.put(escaping: entry.client, limit: Limits.address)
        line.put("\",\"method\":\"")
        line.put(escaping: entry.method, limit: Limits.method)
        line.put("\",\"target\":\"")
        line.put(escaping: shown(entry.target), limit: Limits.target)
        line.put("\",\"status\":")
        if entry.status > 0 { line.put(decimal: UInt64(entry.status)) } else { line.put("null") }
        if let operation = entry.operation {
            line.put(",")
            line.put(operation.json)
        }
        if !entry.endpoint.isEmpty {
            line.put(",\"endpoint\":\"")
            line.put(escaping: entry.endpoint, limit: Limits.address)
            line.put("\"")
        }
        line.put(",\"bytesIn\":")
        line.put(decimal: UInt64(max(0, entry.bytesIn)))
        line.put(",\"bytesOut\":")
        line.put(decimal: UInt64(max(0, entry.bytesOut)))
        line.put(",\"durationMs\":")
        line.put(milliseconds: entry.nanoseconds)
        if let upstream = entry.upstreamNanoseconds {
            line.put(",\"upstreamMs\":")
            line.put(milliseconds: upstream)
        }
        line.put(",\"outcome\":\"")
        line.put(escaping: entry.outcome, limit: Limits.outcome)
        line.put("\"")
        if entry.violations > 0 {
            line.put(",\"violations\":")
            line.put(decimal: UInt64(entry.violations))
        }
        if !entry.steps.isEmpty { writeSteps(entry.steps, &line) }
        line.put("}")
    }

    /// Writes the steps of a composition: `"steps":{"order":{"outcome":"done","ms":12.345}}`.
    private func writeSteps(_ steps: [AccessLogStep], _ line: inout LogLine) {
        line.put(",\"steps\":{")
        for (index, step) in steps.prefix(Self.mostSteps).enumerated() {
            if index > 0 { line.put(",") }
            line.put("\"")
            line.put(escaping: step.name, limit: Limits.step)
            line.put("\":{\"outcome\":\"")
            line.put(escaping: step.outcome, limit: Limits.outcome)
            line.put("\"")
            if let nanoseconds = step.nanoseconds {
                line.put(",\"ms\":")
                line.put(milliseconds: nanoseconds)
            }
            line.put("}")
        }
        line.put("}")
    }

    /// Writes an exchange as words: time, client, request, status, duration, operation, endpoint, outcome, bytes, id.
    private func writeText(_ entry: borrowing AccessLogEntry, _ line: inout LogLine) {
        timestamp.write(entry.time, into: &line)
        line.put(" \"")
        line.put(escaping: entry.client, limit: Limits.address)
        line.put("\" \"")
        line.put(escaping: entry.method, limit: Limits.method)
        line.put(" ")
        line.put(escaping: shown(entry.target), limit: Limits.target)
        line.put("\" ")
        if entry.status > 0 { line.put(decimal: UInt64(entry.status)) } else { line.put("-") }
        line.put(" ")
        line.put(milliseconds: entry.nanoseconds)
        line.put("ms \"")
        if let operation = entry.operation { line.put(operation.text) }
        line.put("\" \"")
        line.put(escaping: entry.endpoint, limit: Limits.address)
        line.put("\" \"")
        line.put(escaping: entry.outcome, limit: Limits.outcome)
        line.put("\" in=")
        line.put(decimal: UInt64(max(0, entry.bytesIn)))
        line.put(" out=")
        line.put(decimal: UInt64(max(0, entry.bytesOut)))
        line.put(" violations=")
        line.put(decimal: UInt64(max(0, entry.violations)))
        line.put(" id=\"")
        line.put(escaping: entry.requestID, limit: Limits.requestID)
        line.put("\"")
    }
}
