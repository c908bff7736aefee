import SocketTransport
import Testing

@Suite("How long sockets wait for their loop")
struct QueueWatchTests {
    @Test("the shortest wait counts, over the turns between two empty queues")
    func shortest() {
        var watch = QueueWatch()
        #expect(watch.takeShortest() == 0)
        watch.turnEnded(after: 5, isEmptied: false)
        watch.turnEnded(after: 5, isEmptied: false)
        watch.turnEnded(after: 2, isEmptied: true)
        #expect(watch.takeShortest() == 12)
        watch.turnEnded(after: 1, isEmptied: true)
        watch.turnEnded(after: 9, isEmptied: true)
        #expect(watch.takeShortest() == 3, "a queue that comes and goes is none that stands")
    }

    @Test("a queue that is never emptied has waited as long as all turns took")
    func standing() {
        var watch = QueueWatch()
        for _ in 0..<10 { watch.turnEnded(after: 7, isEmptied: false) }
        #expect(watch.takeShortest() == 70)
        watch.turnEnded(after: 7, isEmptied: false)
        #expect(watch.takeShortest() == 77)
        watch.turnEnded(after: .max, isEmptied: false)
        watch.turnEnded(after: .max, isEmptied: false)
        watch.turnEnded(after: -5, isEmptied: true)
        #expect(watch.takeShortest() == .max)
    }
}
