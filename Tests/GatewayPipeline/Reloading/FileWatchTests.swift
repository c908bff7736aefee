import GatewaySettings
import Glibc
import OpenAPIDocuments
import Synchronization
import TestSupport
import Testing

@testable import GatewayPipeline

@Suite("Watching what a load saw")
struct FileWatchTests {
    /// A folder whose load has been noted, with a document that is not there and a link.
    private static func scene() throws -> (folder: TemporaryFolder, record: FileRecord) {
        let folder = try TemporaryFolder(["routes/a.yaml": "a", "specs/one/s.json": "{}", "specs/two/s.json": "[]"])
        symlink("one", folder.file("specs/now"))
        let record = FileRecord()
        let environment = record.noting(SettingsEnvironment.process)
        _ = environment.listFolder(folder.file("routes"))
        _ = environment.readFile(folder.file("routes/a.yaml"))
        let documents = record.noting(DocumentFiles.system)
        if let path = documents.realPath(folder.file("specs/now/s.json")) { _ = documents.read(path, 1 << 20) }
        _ = documents.realPath(folder.file("specs/missing.json"))
        return (folder, record)
    }

    /// Counts on any thread.
    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    /// Whether `change` is seen, by a watch.
    private static func sees(_ change: (TemporaryFolder) throws -> Void) throws -> Bool {
        let (folder, record) = try scene()
        var watch = FileWatch(record) { Int64(time(nil)) * 1_000_000_000 }
        #expect(watch.isAsExpected(watch.look()))
        try change(folder)
        return !watch.isAsExpected(watch.look())
    }

    @Test("a changed content, a new file, a missing one that appears, one that goes, and a link that leads elsewhere")
    func changes() throws {
        #expect(try Self.sees { try $0.write("b", to: "routes/a.yaml") })
        #expect(try Self.sees { try $0.write("", to: "routes/b.yml") })
        #expect(try Self.sees { try $0.write("{}", to: "specs/missing.json") })
        #expect(try Self.sees { unlink($0.file("routes/a.yaml")) })
        #expect(try Self.sees { unlink($0.file("specs/one/s.json")) })
        #expect(try Self.sees { try $0.write("{ }", to: "specs/one/s.json") })
        #expect(
            try Self.sees {
                unlink($0.file("specs/now"))
                symlink("two", $0.file("specs/now"))
            })
    }

    @Test("what is not read, and what is written anew with the same content, is no change")
    func noChanges() throws {
        #expect(try !Self.sees { _ in })
        #expect(try !Self.sees { try $0.write("x", to: "routes/.a.yaml.swp") })
        #expect(try !Self.sees { try $0.write("x", to: "routes/notes.txt") })
        #expect(try !Self.sees { try $0.write("x", to: "specs/two/s.json") })
        #expect(try !Self.sees { try $0.write("a", to: "routes/a.yaml") })
    }

    @Test("a file is read once more only when the system says something else of it, or its times are new")
    func economy() throws {
        let (folder, record) = try Self.scene()
        let reads = Counter()
        var documents = DocumentFiles.system
        let read = documents.read
        documents.read = { path, limit in
            reads.value.add(1, ordering: .relaxed)
            return read(path, limit)
        }
        let ahead = Counter()
        var watch = FileWatch(record, documents: documents) {
            Int64(time(nil)) * 1_000_000_000 + Int64(ahead.value.load(ordering: .relaxed))
        }
        // Written a moment ago: it may change again without a sign.
        for _ in 0..<3 { _ = watch.look() }
        #expect(reads.value.load(ordering: .relaxed) == 3)
        ahead.value.store(10_000_000_000, ordering: .relaxed)
        for _ in 0..<3 { _ = watch.look() }
        #expect(reads.value.load(ordering: .relaxed) == 4)
        // As long as before: only the times tell.
        try folder.write("[]", to: "specs/one/s.json")
        #expect(!watch.isAsExpected(watch.look()))
        #expect(reads.value.load(ordering: .relaxed) == 5)
    }

    @Test("a record gives documents as they were read, also when the files have changed")
    func replay() throws {
        let (folder, record) = try Self.scene()
        try folder.write("changed", to: "specs/one/s.json")
        let replay = record.replay
        let path = try #require(replay.realPath(folder.file("specs/now/s.json")))
        #expect(try replay.read(path, 100).get() == Array("{}".utf8))
        #expect(replay.read(path, 1) == .failure(.tooLarge))
        #expect(replay.realPath(folder.file("specs/missing.json")) == nil)
        #expect(replay.read("/etc/passwd", 100) == .failure(.missing))
    }

    @Test("changes that wait for a restart are named") func restart() throws {
        func settings(_ lines: String) throws -> GatewaySettings {
            let folder = try TemporaryFolder([
                "routes/a.yaml": "version: 1\ngateway: { workers: 2, \(lines) }\napis: {}\n"
            ])
            let loaded = SettingsLoader().load(folder: folder.file("routes"))
            return try #require(loaded.settings, "\(loaded.diagnostics.map(\.message))")
        }
        let old = try settings("docs: { path: /docs }")
        func waiting(_ lines: String) throws -> [String] {
            GatewayReloader.needsRestart(from: old, to: try settings(lines))
        }
        #expect(try waiting("docs: { path: /pages }") == [])
        #expect(try waiting("cache: { memory: 64MiB }") == [])
        #expect(try waiting("cache: { memory: 32MiB }") == ["gateway.cache"])
        #expect(try waiting("defaults: { limits: { headerCount: 50 } }") == [])
        #expect(
            try waiting("defaults: { limits: { headerCount: 200 } }") == ["gateway.defaults.limits.headerCount"])
    }
}
