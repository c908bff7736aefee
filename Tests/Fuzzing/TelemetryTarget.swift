import GatewayTelemetry
import JSONDocuments
import Synchronization

/// What strangers write into logs and traces: an exchange is one line, and that line is JSON.
///
/// The lines of an input are: `traceparent`, request id, method; the rest is the target.
struct TelemetryTarget: FuzzTarget {
    static let name = "telemetry"

    /// What a log wrote.
    private final class Written: Sendable {
        /// All bytes.
        let bytes = Mutex<[UInt8]>([])
    }

    func run(_ input: UnsafeRawBufferPointer) {
        let lines = InputParts.lines(input, 4)
        checkTrace(lines[0])
        let isValid = RequestID.isValid(lines[1])
        for format in [AccessLog.Format.json, .text] {
            let line = record(format, id: isValid ? lines[1] : lines[0], method: lines[2], target: lines[3])
            hold(line.last == 0x0A && line.count { $0 < 0x20 || $0 == 0x7F } == 1, "an exchange is one line")
            guard format == .json else { continue }
            var tape = JSONTape()
            let isJSON = line.withUnsafeBytes { (try? tape.parse($0, limits: .traffic)) != nil }
            hold(isJSON, "a line is JSON: \(String(decoding: line, as: UTF8.self))")
        }
    }

    /// A trace context that is accepted is written as it came.
    private func checkTrace(_ text: UnsafeRawBufferPointer) {
        guard let context = TraceContext(text) else { return }
        let written = context.text.utf8
        // Version and further fields of later versions are not kept (W3C Trace Context §3.2.2).
        hold(text.dropFirst(2).prefix(TraceContext.length - 5).elementsEqual(written.dropFirst(2).dropLast(3)), "kept")
        hold(Array(written).withUnsafeBytes { TraceContext($0) } == context, "what is written can be read")
    }

    /// The line of an exchange.
    private func record(
        _ format: AccessLog.Format, id: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer,
        target: UnsafeRawBufferPointer
    ) -> [UInt8] {
        let written = Written()
        let writer = AccessLogWriter { block in
            written.bytes.withLock { $0.append(contentsOf: block) }
            return true
        }
        let log = AccessLog(format: format, writer: writer, logsQueries: true)
        log.record(
            AccessLogEntry(
                time: 1_700_000_000_042_000_000, requestID: id, client: id, method: method, target: target, status: 200)
        )
        log.flush()
        writer.stop()
        return written.bytes.withLock { $0 }
    }
}
