import NIOCore
import NIOHPACK
import Testing

@testable import HTTP2Framing

@Suite("What a stream of HTTP/2 has to send")
struct OutgoingContentTests {
    /// What has gone out: the octets, and what carried END_STREAM.
    private struct Sent: Equatable {
        var octets: [UInt8] = []
        var frames = 0
        var end = "none"
    }

    private func drain(_ content: inout OutgoingContent, most: Int, into sent: inout Sent) -> Int {
        var left = most
        while let next = content.nextContent(most: left) {
            #expect(!next.isLast || sent.end == "none")
            left -= next.content.readableBytes
            sent.octets += Array(next.content.readableBytesView)
            sent.frames += 1
            if next.isLast { sent.end = "content" }
        }
        switch content.nextEnd() {
        case .trailers?: sent.end = "trailers"
        case .bare?: sent.end = "bare"
        case nil: break
        }
        return most - left
    }

    @Test("content goes out in frames of at most 16 KiB, and the last one carries the end")
    func frames() {
        var content = OutgoingContent()
        content.window = 1 << 20
        content.append(ByteBuffer(repeating: 1, count: 40_000))
        content.end()
        var sent = Sent()
        #expect(drain(&content, most: 1 << 20, into: &sent) == 40_000)
        #expect(sent == Sent(octets: [UInt8](repeating: 1, count: 40_000), frames: 3, end: "content"))
        #expect(content.hasSentEnd && !content.hasSomethingToSend && content.count == 0)
    }

    @Test("trailers and an end that comes alone need no window; they go out once")
    func ends() {
        var trailing = OutgoingContent()
        trailing.append(ByteBuffer(string: "abc"))
        trailing.end(trailers: ["grpc-status": "0"])
        var sent = Sent()
        #expect(drain(&trailing, most: 0, into: &sent) == 0)
        #expect(sent.end == "none" && !trailing.hasSomethingToSend, "content stands before them")
        trailing.window = 3
        #expect(drain(&trailing, most: 3, into: &sent) == 3)
        #expect(sent.end == "trailers")
        #expect(trailing.nextEnd() == nil)
        var bare = OutgoingContent()
        bare.end()
        #expect(bare.hasSomethingToSend)
        var nothing = Sent()
        _ = drain(&bare, most: 0, into: &nothing)
        #expect(nothing.end == "bare" && bare.hasSentEnd)
    }

    @Test("a writer is held back above the high mark, and goes on at the low one")
    func marks() {
        var content = OutgoingContent()
        content.append(ByteBuffer(repeating: 1, count: 64 * 1024))
        #expect(!content.takesMore && !content.mayGoOn)
        content.window = 40 * 1024
        var sent = Sent()
        _ = drain(&content, most: 1 << 20, into: &sent)
        #expect(!content.takesMore && !content.mayGoOn, "24 KiB wait")
        content.window = 8 * 1024
        _ = drain(&content, most: 1 << 20, into: &sent)
        #expect(content.mayGoOn)
        content.goOn()
        #expect(content.takesMore && !content.mayGoOn)
        content.holdBack()
        #expect(content.mayGoOn, "the connection held it back")
    }

    @Test("a window that shrinks below zero holds everything but an end without content (RFC 9113 §6.9.2)")
    func negativeWindow() {
        var content = OutgoingContent()
        content.window = -100
        content.append(ByteBuffer(string: "abc"))
        #expect(!content.hasSomethingToSend && content.nextContent(most: 100) == nil)
        content.window += 101
        #expect(content.nextContent(most: 100)?.content.readableBytes == 1)
    }

    @Test("nothing follows an end, and what is dropped is not sent")
    func over() {
        var content = OutgoingContent()
        content.window = 100
        content.end()
        content.append(ByteBuffer(string: "abc"))
        content.end(trailers: ["x": "1"])
        #expect(content.count == 0)
        var dropped = OutgoingContent()
        dropped.window = 100
        dropped.append(ByteBuffer(string: "abc"))
        dropped.discard()
        #expect(dropped.nextContent(most: 100) == nil && dropped.nextEnd() == nil && dropped.hasSentEnd)
    }

    @Test("whatever the pieces and the windows, the octets arrive in order, never more than the windows take")
    func anyWindows() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var content = OutgoingContent()
            var expected: [UInt8] = []
            var sent = Sent()
            var granted = 0
            for _ in 0..<20 {
                if Bool.random(using: &random) {
                    let piece = (0..<Int.random(in: 0...40_000, using: &random)).map { UInt8(truncatingIfNeeded: $0) }
                    expected += piece
                    content.append(ByteBuffer(bytes: piece))
                } else {
                    let grant = Int.random(in: 0...30_000, using: &random)
                    granted += grant
                    content.window += grant
                }
                _ = drain(&content, most: Int.random(in: 0...50_000, using: &random), into: &sent)
                #expect(sent.octets.count <= granted)
                #expect(content.count == expected.count - sent.octets.count)
            }
            content.end()
            content.window += content.count
            _ = drain(&content, most: content.count, into: &sent)
            #expect(sent.octets == expected && sent.end != "none")
        }
    }
}
