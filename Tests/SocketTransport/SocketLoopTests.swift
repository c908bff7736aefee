import NIOCore
import SocketTransport
import Synchronization
import TestSupport
import Testing

@Suite("Event loops")
struct SocketLoopTests {
    @Test("tasks of other threads run in their order, and all of them") func tasks() async throws {
        let group = try SocketLoopGroup(count: 1)
        let loop = group.loops[0]
        let seen = Mutex<[Int]>([])
        for number in 0..<1_000 { loop.execute { seen.withLock { $0.append(number) } } }
        #expect(try await loop.submit { seen.withLock(\.count) }.get() == 1_000)
        #expect(seen.withLock { $0 } == Array(0..<1_000))
        #expect(!loop.inEventLoop)
        #expect(try await loop.submit { loop.inEventLoop }.get())
        await group.shutdown()
    }

    @Test("timers fire by their time, those of one time in the order in which they were set; a cancelled one does not")
    func timers() async throws {
        let group = try SocketLoopGroup(count: 1)
        let loop = group.loops[0]
        let seen = Mutex<[String]>([])
        let start = NIODeadline.now()
        let last = try await loop.submit {
            _ = loop.scheduleTask(in: .milliseconds(30)) { seen.withLock { $0.append("late") } }
            let same = start + .milliseconds(10)
            _ = loop.scheduleTask(deadline: same) { seen.withLock { $0.append("first") } }
            _ = loop.scheduleTask(deadline: same) { seen.withLock { $0.append("second") } }
            loop.scheduleTask(in: .milliseconds(5)) { seen.withLock { $0.append("never") } }.cancel()
            return loop.scheduleTask(in: .milliseconds(40)) { NIODeadline.now() }
        }.get()
        #expect(try await last.futureResult.get() - start >= .milliseconds(40))
        #expect(seen.withLock { $0 } == ["first", "second", "late"])
        await group.shutdown()
    }

    @Test("what waits when a loop ends is told, and what comes later is refused") func end() async throws {
        let group = try SocketLoopGroup(count: 2)
        let loop = group.loops[0]
        let outcomes = Mutex<[String]>([])
        loop.scheduleTask(in: .hours(1)) {}.futureResult.whenFailure { error in
            outcomes.withLock { $0.append("\(error)") }
        }
        _ = try await loop.submit {}.get()
        await group.shutdown()
        #expect(outcomes.withLock { $0 } == ["\(EventLoopError.shutdown)"])
        loop.execute { outcomes.withLock { $0.append("ran") } }
        await group.shutdown()
        #expect(outcomes.withLock(\.count) == 1)
    }
}
