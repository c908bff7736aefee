import Glibc
import SocketTransport
import TestSupport
import Testing

@Suite("Messages that carry descriptors")
struct DescriptorMessageTests {
    /// Two ends of a connection over a path.
    private static func pair() throws -> (folder: TemporaryFolder, listener: MessageSocket, near: MessageSocket, far: MessageSocket) {
        let folder = try TemporaryFolder()
        let listener = try MessageSocket.listening(at: folder.file("socket"))
        let near = try #require(try MessageSocket.connected(to: folder.file("socket")))
        return (folder, listener, near, try listener.accept())
    }

    @Test("a message arrives with descriptors of the same open files, and apart from the next one")
    func descriptors() throws {
        let (_, _, near, far) = try Self.pair()
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        try near.send(DescriptorMessage("one".utf8, descriptors: [ends[1], ends[0]]))
        try near.send(DescriptorMessage("two".utf8))
        let first = try #require(try far.receive())
        #expect(String(decoding: first.text, as: UTF8.self) == "one")
        #expect(first.descriptors.count == 2)
        #expect(Set(first.descriptors).isDisjoint(with: ends))
        #expect(fcntl(first.descriptors[0], F_GETFD) & FD_CLOEXEC != 0)
        #expect(write(first.descriptors[0], "x", 1) == 1)
        var byte: UInt8 = 0
        #expect(read(ends[0], &byte, 1) == 1)
        #expect(byte == UInt8(ascii: "x"))
        ListeningSocket.close(first.descriptors)
        let second = try #require(try far.receive())
        #expect(String(decoding: second.text, as: UTF8.self) == "two")
        #expect(second.descriptors.isEmpty)
        near.close()
        #expect(try far.receive() == nil)
    }

    @Test("a message of the greatest size arrives whole, a longer one is refused")
    func sizes() throws {
        let (_, _, near, far) = try Self.pair()
        let text = [UInt8](repeating: 0x61, count: DescriptorMessage.textLimit)
        let many = [CInt](repeating: 0, count: DescriptorMessage.descriptorLimit)
        try near.send(DescriptorMessage(text, descriptors: many))
        let message = try #require(try far.receive())
        #expect(message.text.count == text.count)
        #expect(message.descriptors.count == many.count)
        ListeningSocket.close(message.descriptors)
        try near.send(DescriptorMessage(text + [0x61]))
        #expect(throws: (any Error).self) { try far.receive() }
    }

    @Test("nobody at a path is no error; only the user may come; a new listener takes the place of the old one")
    func place() throws {
        let (folder, listener, near, _) = try Self.pair()
        let path = folder.file("socket")
        #expect(near.peerIsTrusted)
        #expect(try MessageSocket.connected(to: folder.file("other")) == nil)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        let next = try MessageSocket.listening(at: path)
        _ = try MessageSocket.connected(to: path)
        let came = try next.accept()
        #expect(came.peerIsTrusted)
        next.close()
        listener.close()
        #expect(try MessageSocket.connected(to: path) == nil)
    }

    @Test("who waits for a message or a connection can be woken")
    func shut() async throws {
        let (_, listener, _, far) = try Self.pair()
        async let accepting = BackgroundThread.run { (try? listener.accept()) == nil }
        async let receiving = BackgroundThread.run { try far.receive() == nil }
        try await Task.sleep(nanoseconds: 50_000_000)
        listener.shut()
        far.shut()
        #expect(try await accepting)
        #expect(try await receiving)
    }
}
