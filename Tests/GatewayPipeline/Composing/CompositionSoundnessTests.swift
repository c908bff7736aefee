import Glibc
import JSONDocuments
import TestSupport
import Testing

/// The derived contract of a composition is a promise about replies that nobody has seen yet. These tests try to break it.
@Suite("Derived contracts hold whatever the parts are")
struct CompositionSoundnessTests {
    /// Parts to make; `LINTEL_COMPOSED_PARTS` says another number.
    private static let parts = number("LINTEL_COMPOSED_PARTS") ?? 100_000
    /// Seed of all that is random; `LINTEL_COMPOSED_SEED` says another number.
    private static let seed = number("LINTEL_COMPOSED_SEED") ?? 1
    /// Replies that an independent validator sees.
    private static let sampled = 5000

    /// A number of the environment.
    private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

    /// The independent validator, and what installs it.
    private static let script = PackageFolder.path + "/Tests/GatewayPipeline/Composing/independent.py"

    /// Whether the independent validator is there, or could be installed.
    private static let isPresent: Bool = {
        (try? ChildProcess.run(["python3", script, "--install-only"], within: 320))?.code == 0
    }()

    /// Runs all compositions on as many threads as there are cores, at most four.
    private static func tally(parts: Int, seed: Int) async throws -> ComposedDriver.Tally {
        let threads = max(1, min(4, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        return try await withThrowingTaskGroup(of: ComposedDriver.Tally.self) { group in
            for thread in 0..<threads {
                group.addTask {
                    try await BackgroundThread.run {
                        let driver = ComposedDriver(try ComposedScene(), seed: UInt64(seed * 1000 + thread))
                        driver.run(parts: (parts + threads - 1) / threads, sampling: max(1, parts / 20_000))
                        return driver.tally
                    }
                }
            }
            var all = ComposedDriver.Tally()
            for try await tally in group { all.add(tally) }
            return all
        }
    }

    @Test("a hundred thousand random parts, optional ones failing: every reply holds, by this engine and by another")
    func sound() async throws {
        let tally = try await Self.tally(parts: Self.parts, seed: Self.seed)
        print(
            "composed: \(tally.parts) parts, \(tally.replies.values.reduce(0, +)) replies, \(tally.partial) of them partial,",
            "\(tally.ended) runs ended by a required part, \(tally.rejected) instances thrown away,",
            "\(tally.failures.count) failures")
        #expect(tally.failures.isEmpty, "\(tally.failures.prefix(3).joined(separator: "\n"))")
        #expect(tally.parts >= Self.parts)
        #expect(tally.replies.count >= 8, "every composition has replies: \(tally.replies)")
        #expect(tally.replies.values.allSatisfy { $0 > Self.parts / 1000 }, "\(tally.replies)")
        #expect(tally.partial > 0)
        // A generator that mostly writes what is not valid would be no test.
        #expect(tally.rejected < tally.parts / 4)
        guard Self.isPresent else {
            print("not looked at by another engine: jsonschema-rs takes python3 -m venv and PyPI")
            return
        }
        try Self.look(at: tally.sample)
    }

    /// Shows replies to the independent validator.
    private static func look(at sample: [(name: String, reply: [UInt8])]) throws {
        let scene = try ComposedScene()
        let step = max(1, sample.count / sampled)
        let chosen = stride(from: 0, to: sample.count, by: step).prefix(sampled).map { sample[$0] }
        let lines = chosen.map { #"{"name":"\#($0.name)","reply":\#(String(decoding: $0.reply, as: UTF8.self))}"# }
        let folder = try TemporaryFolder([
            "derived.json": scene.derivedText, "replies.jsonl": lines.joined(separator: "\n"),
        ])
        let result = try ChildProcess.run(
            ["python3", script, folder.file("derived.json"), folder.file("replies.jsonl")], within: 120)
        print(result.output)
        #expect(result.code == 0, "\(result.output)\n\(result.error)")
        #expect(chosen.count >= min(sampled, parts / 30))
        #expect(result.output.contains("\(chosen.count) replies"))
    }
}
