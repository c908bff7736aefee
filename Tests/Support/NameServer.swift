import Glibc
import Synchronization

/// A name server of a test, on UDP and TCP of one port: what it answers is set by the test.
package final class NameServer: Sendable {
    /// A record: its owner, what it says, and for how many seconds.
    package struct Record: Sendable {
        let owner: String
        let kind: UInt16
        let data: [UInt8]
        let seconds: UInt32

        /// An IPv4 address of a name.
        package static func address(_ owner: String, _ address: [UInt8], seconds: UInt32 = 60) -> Record {
            Record(owner: owner, kind: address.count == 4 ? 1 : 28, data: address, seconds: seconds)
        }

        /// Another name.
        package static func alias(_ owner: String, _ target: String, seconds: UInt32 = 60) -> Record {
            Record(owner: owner, kind: 5, data: NameServer.name(target), seconds: seconds)
        }

        /// An instance of a service.
        package static func service(
            _ owner: String, _ target: String, port: Int, priority: UInt8 = 0, weight: UInt8 = 1, seconds: UInt32 = 60
        ) -> Record {
            Record(
                owner: owner, kind: 33,
                data: [0, priority, 0, weight, UInt8(port >> 8), UInt8(port & 0xFF)] + NameServer.name(target),
                seconds: seconds)
        }
    }

    private struct State {
        var records: [Record] = []
        var questions: [String] = []
        var isSilent = false
        var truncates = false
        var isStopped = false
        var forged: [UInt8]?
    }

    /// The port on 127.0.0.1.
    package let port: Int
    private let state = Mutex(State())
    private let datagrams: Int32
    private let stream: LoopbackSocket

    /// Starts a server that knows these records.
    package init(_ records: [Record]) throws {
        stream = try LoopbackSocket(listeningOn: 0)
        port = stream.port
        datagrams = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(datagrams, $0, size) }
        }
        guard bound == 0 else { throw Failure() }
        state.withLock { $0.records = records }
        BackgroundThread.start { [weak self] in while self?.serveDatagram() == true {} }
        BackgroundThread.start { [weak self] in while self?.serveStream() == true {} }
    }

    /// The port is taken.
    struct Failure: Error {}

    deinit {
        shutdown(datagrams, Int32(SHUT_RDWR))
        Glibc.close(datagrams)
    }

    /// Replaces what the server knows.
    package func use(_ records: [Record]) { state.withLock { $0.records = records } }
    /// Whether the server answers nothing.
    package func set(isSilent: Bool) { state.withLock { $0.isSilent = isSilent } }
    /// Whether datagrams say that the answer does not fit.
    package func set(truncates: Bool) { state.withLock { $0.truncates = truncates } }
    /// What is sent in place of every answer by datagram.
    package func set(forged: [UInt8]?) { state.withLock { $0.forged = forged } }
    /// What was asked, in order.
    package var questions: [String] { state.withLock { $0.questions } }

    fileprivate static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    private func serveDatagram() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1500)
        var peer = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var time = timeval(tv_sec: 0, tv_usec: 200_000)
        setsockopt(datagrams, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        let count = withUnsafeMutablePointer(to: &peer) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(datagrams, &buffer, buffer.count, 0, $0, &size)
            }
        }
        guard count > 0 else { return errno == EAGAIN }
        let (isSilent, truncates, forged) = state.withLock { ($0.isSilent, $0.truncates, $0.forged) }
        let answer = self.answer(to: Array(buffer[..<count]))
        guard !isSilent else { return true }
        var reply = forged ?? answer
        if truncates {
            reply = Array(answer[..<12]) + buffer[12..<count]
            reply[2] |= 2
            reply[6...11] = [0, 0, 0, 0, 0, 0]
        }
        _ = withUnsafePointer(to: &peer) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { sendto(datagrams, reply, reply.count, 0, $0, size) }
        }
        return true
    }

    private func serveStream() -> Bool {
        guard let client = stream.accept(within: 0.2) else { return true }
        defer { client.close() }
        guard let question = try? client.receive(within: 1), question.count > 14 else { return true }
        let answer = self.answer(to: Array(question[2...]))
        try? client.send([UInt8(answer.count >> 8), UInt8(answer.count & 0xFF)] + answer)
        return true
    }

    /// The answer: header, question, and the records of the name, aliases followed.
    private func answer(to question: [UInt8]) -> [UInt8] {
        var offset = 12
        var labels: [String] = []
        while offset < question.count, question[offset] != 0 {
            let length = Int(question[offset])
            labels.append(String(decoding: question[(offset + 1)..<(offset + 1 + length)], as: UTF8.self))
            offset += 1 + length
        }
        var name = labels.joined(separator: ".")
        let kind = UInt16(question[offset + 1]) << 8 | UInt16(question[offset + 2])
        let records = state.withLock { state in
            state.questions.append("\(name) \(kind)")
            return state.records
        }
        var found: [Record] = []
        while let alias = records.first(where: { $0.owner == name && $0.kind == 5 }) {
            found.append(alias)
            name = Self.text(alias.data)
        }
        found += records.filter { $0.owner == name && $0.kind == kind }
        let isKnown = records.contains { $0.owner == name }
        var reply = Array(question[0...1]) + [0x81, isKnown ? 0x80 : 0x83, 0, 1, 0, UInt8(found.count), 0, 0, 0, 0]
        reply += question[12..<(offset + 5)]
        for record in found {
            // A pointer to the question, where that is the owner.
            reply += record.owner == labels.joined(separator: ".") ? [0xC0, 12] : Self.name(record.owner)
            reply += [UInt8(record.kind >> 8), UInt8(record.kind & 0xFF), 0, 1]
            reply += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: record.seconds >> $0) }
            reply += [UInt8(record.data.count >> 8), UInt8(record.data.count & 0xFF)] + record.data
        }
        return reply
    }

    private static func text(_ name: [UInt8]) -> String {
        var labels: [String] = []
        var offset = 0
        while offset < name.count, name[offset] != 0 {
            let length = Int(name[offset])
            labels.append(String(decoding: name[(offset + 1)..<(offset + 1 + length)], as: UTF8.self))
            offset += 1 + length
        }
        return labels.joined(separator: ".")
    }
}
