import GatewayTelemetry
import Synchronization
import Testing

/// Collects what a writer's thread writes.
private final class CollectedLines: Sendable {
    /// All bytes so far.
    private let bytes = Mutex<[UInt8]>([])

    /// The sink to give to a writer.
    var sink: AccessLogWriter.Sink {
        { block in
            self.bytes.withLock { $0.append(contentsOf: block) }
            return true
        }
    }

    /// Everything as text; fails the reading of invalid UTF-8 by replacement characters.
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    /// The lines without their ends.
    var lines: [String] { text.split(separator: "\n").map(String.init) }
}

/// A sink that holds the writer's thread until it is let go.
private final class Gate: Sendable {
    /// Blocks that have reached the sink.
    let entered = Atomic<Int>(0)
    /// Whether the thread may go on.
    let isOpen = Atomic<Bool>(false)
}

@Suite("Access log lines")
struct AccessLogTests {
    /// One line for an entry whose remote fields are given as bytes.
    private func line(
        format: AccessLog.Format = .json, logsQueries: Bool = false, id: [UInt8] = Array("id-1".utf8),
        client: [UInt8] = Array("192.0.2.1".utf8), method: [UInt8] = Array("GET".utf8),
        target: [UInt8] = Array("/p?token=secret".utf8), _ change: (inout AccessLogEntry) -> Void = { _ in }
    ) -> String {
        let collected = CollectedLines()
        let writer = AccessLogWriter(sink: collected.sink)
        let log = AccessLog(format: format, writer: writer, logsQueries: logsQueries)
        id.withUnsafeBytes { id in
            client.withUnsafeBytes { client in
                method.withUnsafeBytes { method in
                    target.withUnsafeBytes { target in
                        var entry = AccessLogEntry(
                            time: 1_700_000_000_042_000_000, requestID: id, client: client, method: method,
                            target: target, status: 200)
                        change(&entry)
                        log.record(entry)
                    }
                }
            }
        }
        log.flush()
        writer.stop()
        #expect(collected.text.hasSuffix("\n"))
        #expect(collected.lines.count == 1)
        return collected.lines.first ?? ""
    }

    @Test("a whole exchange as JSON")
    func json() {
        let text = line {
            $0.operation = AccessLogOperation(api: "shop", operation: "getProduct")
            $0.endpoint = "127.0.0.1:9102"
            $0.bytesIn = 10
            $0.bytesOut = 2_000
            $0.nanoseconds = 12_345_678
            $0.upstreamNanoseconds = 1_000
            $0.outcome = "forwarded"
            $0.violations = 3
        }
        #expect(
            text
                == #"{"time":"2023-11-14T22:13:20.042Z","id":"id-1","client":"192.0.2.1","method":"GET","target":"/p","#
                + #""status":200,"api":"shop","operation":"getProduct","endpoint":"127.0.0.1:9102","bytesIn":10,"#
                + #""bytesOut":2000,"durationMs":12.345,"upstreamMs":0.001,"outcome":"forwarded","violations":3}"#)
    }

    @Test("an exchange that matched nothing leaves the fields out that it does not have")
    func sparse() {
        let text = line(method: [], target: []) { $0.status = 0 }
        #expect(
            text == #"{"time":"2023-11-14T22:13:20.042Z","id":"id-1","client":"192.0.2.1","method":"","target":"","#
                + #""status":null,"bytesIn":0,"bytesOut":0,"durationMs":0.000,"outcome":""}"#)
    }

    @Test("a whole exchange as text")
    func text() {
        let text = line(format: .text) {
            $0.operation = AccessLogOperation(api: "shop", operation: "getProduct")
            $0.endpoint = "127.0.0.1:9102"
            $0.nanoseconds = 1_500_000
            $0.outcome = "forwarded"
        }
        #expect(
            text == #"2023-11-14T22:13:20.042Z "192.0.2.1" "GET /p" 200 1.500ms "shop/getProduct" "127.0.0.1:9102" "#
                + #""forwarded" in=0 out=0 violations=0 id="id-1""#)
    }

    @Test("queries are logged only where the settings ask for it", arguments: [AccessLog.Format.json, .text])
    func queries(format: AccessLog.Format) {
        #expect(!line(format: format).contains("secret"))
        #expect(line(format: format, logsQueries: true).contains("/p?token=secret"))
    }

    @Test(
        "remote bytes cannot leave their string or their line",
        arguments: [
            ("\"", #"\""#), ("\\", #"\\"#), ("a\r\nb", #"a\u000d\u000ab"#), ("\u{0}\u{7F}", #"\u0000\u007f"#),
            ("\u{1B}[2J", #"\u001b[2J"#), ("é", #"\u00e9"#), ("\u{85}\u{2028}\u{202E}", #"\u0085\u2028\u202e"#),
            ("😀", #"\ud83d\ude00"#), ("x\",\"status\":200,\"y\":\"", #"x\",\"status\":200,\"y\":\""#),
        ])
    func injection(raw: String, escaped: String) {
        #expect(line(target: Array(raw.utf8)).contains("\"target\":\"\(escaped)\",\"status\""))
        #expect(line(method: Array(raw.utf8)).contains("\"method\":\"\(escaped)\",\"target\""))
        #expect(line(client: Array(raw.utf8)).contains("\"client\":\"\(escaped)\",\"method\""))
        #expect(line(id: Array(raw.utf8)).contains("\"id\":\"\(escaped)\",\"client\""))
        #expect(line { $0.endpoint = raw }.contains("\"endpoint\":\"\(escaped)\",\"bytesIn\""))
        #expect(line { $0.outcome = raw }.contains("\"outcome\":\"\(escaped)\"}"))
        #expect(
            line { $0.operation = AccessLogOperation(api: raw, operation: raw) }
                .contains("\"api\":\"\(escaped)\",\"operation\":\"\(escaped)\""))
    }

    @Test(
        "bytes that are not UTF-8 are replaced one by one",
        arguments: [
            ([0xFF], #"\ufffd"#), ([0xC3], #"\ufffd"#), ([0xC3, 0x41], #"\ufffdA"#), ([0xC0, 0x80], #"\ufffd\ufffd"#),
            ([0xED, 0xA0, 0x80], #"\ufffd\ufffd\ufffd"#), ([0xF0, 0x9F, 0x98], #"\ufffd\ufffd\ufffd"#),
            ([0xE2, 0x82, 0xAC, 0x80], #"\u20ac\ufffd"#),
        ] as [([UInt8], String)])
    func invalidUTF8(raw: [UInt8], escaped: String) {
        #expect(line(target: raw).contains("\"target\":\"\(escaped)\",\"status\""))
    }

    @Test("no remote byte, alone or in pairs, makes a line that is not printable ASCII")
    func everyByte() {
        for byte in UInt8.min...UInt8.max {
            let text = line(format: .text, target: [byte, 0x22, byte, 0xE2, byte])
            #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        }
    }

    @Test("a byte that needs an escape is found at every place of a long field")
    func everyPlace() {
        for place in 0..<25 {
            for (byte, escaped) in [
                (0x22, #"\""#), (0x5C, #"\\"#), (0x7F, #"\u007f"#), (0x1F, #"\u001f"#), (0x80, #"\ufffd"#), (0x20, " "),
            ] as [(UInt8, String)] {
                var target = [UInt8](repeating: UInt8(ascii: "~"), count: 25)
                target[place] = byte
                let expected =
                    String(repeating: "~", count: place) + escaped + String(repeating: "~", count: 24 - place)
                #expect(line(target: target).contains("\"target\":\"\(expected)\",\"status\""))
            }
        }
    }

    @Test("long fields are cut, and say so")
    func lengths() {
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 100_000)
        #expect(line(target: long).contains(String(repeating: "a", count: 2048) + #"...","status""#))
        #expect(line(method: long).contains(String(repeating: "a", count: 32) + #"...","target""#))
        #expect(line(id: long).contains(String(repeating: "a", count: 128) + #"...","client""#))
        let worst = [UInt8](repeating: 0, count: 100_000)
        let text = line(id: worst, client: worst, method: worst, target: worst) {
            $0.endpoint = String(repeating: "\u{0}", count: 1000)
            $0.outcome = String(repeating: "\u{0}", count: 1000)
            $0.operation = AccessLogOperation(
                api: String(repeating: "\u{0}", count: 1000), operation: String(repeating: "\u{0}", count: 1000))
            $0.bytesIn = .max
            $0.bytesOut = .max
            $0.nanoseconds = .max
            $0.upstreamNanoseconds = .max
            $0.violations = .max
            $0.status = .max
        }
        #expect(text.hasSuffix(",\"violations\":9223372036854775807}"))
    }

    @Test(
        "the time stamp is right at the edges of seconds, days, leap years and the epoch",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1_000_000, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999_000_000, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
            (1_798_761_599_999_999_999, "2026-12-31T23:59:59.999Z"),
            (Int64.max, "2262-04-11T23:47:16.854Z"), (Int64.min, "1677-09-21T00:12:43.145Z"),
        ] as [(Int64, String)])
    func timestamps(nanoseconds: Int64, expected: String) {
        #expect(line { $0.time = nanoseconds }.hasPrefix("{\"time\":\"\(expected)\""))
    }

    @Test("the cached second is replaced when it has passed, and when the clock goes back")
    func cachedSecond() {
        let collected = CollectedLines()
        let writer = AccessLogWriter(sink: collected.sink)
        let log = AccessLog(format: .json, writer: writer)
        for milliseconds in [0, 1, 999, 1000, 1001, 500, 61_000] as [Int64] {
            log.record(AccessLogEntry(time: milliseconds * 1_000_000))
        }
        log.flush()
        writer.stop()
        #expect(
            collected.lines.map { String($0.dropFirst(21).prefix(12)) } == [
                "0:00:00.000Z", "0:00:00.001Z", "0:00:00.999Z", "0:00:01.000Z", "0:00:01.001Z", "0:00:00.500Z",
                "0:01:01.000Z",
            ])
    }
}

@Suite("Access log writer")
struct AccessLogWriterTests {
    @Test("lines of several workers arrive whole, in each worker's order, none lost")
    func concurrency() async throws {
        let collected = CollectedLines()
        let writer = AccessLogWriter(queueLimit: 10_000, sink: collected.sink)
        let workers = 4
        let count = 5000
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    let log = AccessLog(format: .json, writer: writer)
                    for number in 0..<count {
                        log.record(AccessLogEntry(time: 0, bytesIn: worker, bytesOut: number))
                        if number % 700 == 0 { log.flush() }
                    }
                    log.flush()
                }
            }
        }
        writer.stop()
        #expect(writer.droppedLines == 0)
        #expect(writer.writtenLines == UInt64(workers * count))
        let pattern = /"bytesIn":(\d+),"bytesOut":(\d+),/
        var next = [Int](repeating: 0, count: workers)
        for line in collected.lines {
            let match = try #require(line.firstMatch(of: pattern))
            let worker = try #require(Int(match.1))
            #expect(Int(match.2) == next[worker])
            next[worker] += 1
        }
        #expect(next == [Int](repeating: count, count: workers))
    }

    @Test("a full block goes out by itself, a part of one only when it is flushed")
    func blocks() {
        let collected = CollectedLines()
        let writer = AccessLogWriter(sink: collected.sink)
        let log = AccessLog(format: .json, writer: writer)
        for _ in 0..<1000 { log.record(AccessLogEntry(time: 0)) }
        writer.stop()
        let written = collected.text.utf8.count
        #expect(written >= AccessLog.blockSize)
        #expect(collected.text.hasSuffix("}\n"))
        #expect(collected.lines.count < 1000)
        log.flush()
        #expect(writer.droppedLines == UInt64(1000 - collected.lines.count))
    }

    @Test("a sink that hangs drops and counts lines, and never the caller's time")
    func stuckSink() {
        let gate = Gate()
        let collected = CollectedLines()
        let sink = collected.sink
        let writer = AccessLogWriter(queueLimit: 2) { bytes in
            gate.entered.wrappingAdd(1, ordering: .sequentiallyConsistent)
            while !gate.isOpen.load(ordering: .sequentiallyConsistent) {}
            return sink(bytes)
        }
        let log = AccessLog(format: .json, writer: writer)
        log.record(AccessLogEntry(time: 0, bytesOut: 0))
        log.flush()
        while gate.entered.load(ordering: .sequentiallyConsistent) == 0 {}
        // The thread holds one block, two wait, the other seven have no room.
        for number in 1..<10 {
            log.record(AccessLogEntry(time: 0, bytesOut: number))
            log.flush()
        }
        #expect(writer.droppedLines == 7)
        gate.isOpen.store(true, ordering: .sequentiallyConsistent)
        writer.stop()
        #expect(collected.lines.count == 3)
        #expect(writer.writtenLines == 3)
        var text = PrometheusText()
        writer.render(into: &text)
        #expect(
            String(decoding: text.bytes, as: UTF8.self).contains(
                "lintel_access_log_lines_total{result=\"dropped\"} 7\n"))
    }

    @Test("a sink that fails counts its lines as dropped")
    func failingSink() {
        let writer = AccessLogWriter { _ in false }
        let log = AccessLog(format: .json, writer: writer)
        for _ in 0..<5 { log.record(AccessLogEntry(time: 0)) }
        log.flush()
        writer.stop()
        #expect(writer.droppedLines == 5)
        #expect(writer.writtenLines == 0)
    }

    @Test("stopping twice and letting go of a writer are harmless")
    func stopping() {
        let collected = CollectedLines()
        do {
            let writer = AccessLogWriter(sink: collected.sink)
            let log = AccessLog(format: .json, writer: writer)
            log.record(AccessLogEntry(time: 0))
            log.flush()
            writer.stop()
            writer.stop()
        }
        do {
            let writer = AccessLogWriter(sink: collected.sink)
            let log = AccessLog(format: .json, writer: writer)
            log.record(AccessLogEntry(time: 0))
            log.flush()
        }
        #expect(collected.lines.count == 2)
    }
}
