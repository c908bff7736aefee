import GatewayPipeline
import TestSupport
import Testing

@Suite("Frames of a WebSocket on their way through")
struct WebSocketFramesTests {
    /// Frames of every form of length, masked and not, one after the other, with the offsets where each ends.
    private static func traffic(masks: Bool) -> (octets: [UInt8], ends: Set<Int>) {
        var octets: [UInt8] = []
        var ends: Set<Int> = [0]
        for length in [0, 1, 125, 126, 300, 65_535, 65_536, 0, 7] {
            octets += WebSocketPeer.frame(
                .binary, [UInt8](repeating: 0x88, count: length), isFinal: length % 2 == 0, masks: masks)
            ends.insert(octets.count)
        }
        return (octets, ends)
    }

    @Test("a frame may be put in exactly where another one has ended", arguments: [false, true])
    func boundaries(masks: Bool) {
        let (octets, ends) = Self.traffic(masks: masks)
        var frames = WebSocketFrames()
        var found: Set<Int> = [0]
        #expect(frames.takesFrame)
        for (index, octet) in octets.enumerated() {
            withUnsafeBytes(of: octet) { frames.pass($0) }
            if frames.takesFrame { found.insert(index + 1) }
        }
        #expect(found == ends)
    }

    @Test("it makes no difference how the octets are cut", arguments: [1, 2, 3, 7, 1000, 4096, 200_000])
    func cuts(size: Int) {
        let (octets, ends) = Self.traffic(masks: true)
        var frames = WebSocketFrames()
        for start in stride(from: 0, to: octets.count, by: size) {
            let end = min(start + size, octets.count)
            octets[start..<end].withUnsafeBytes { frames.pass($0) }
            #expect(frames.takesFrame == ends.contains(end))
        }
    }

    @Test("nothing is put in behind a close frame, nor behind what is no frame")
    func ends() {
        for octets: [UInt8] in [
            WebSocketPeer.frame(.close, [3, 232], masks: true),
            // A length with its highest bit set (RFC 6455 §5.2).
            [0x82, 0x7F, 0xFF, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 100),
        ] {
            var frames = WebSocketFrames()
            octets.withUnsafeBytes { frames.pass($0) }
            #expect(!frames.takesFrame)
            [UInt8](repeating: 0, count: 64).withUnsafeBytes { frames.pass($0) }
            #expect(!frames.takesFrame)
        }
    }

    @Test("a close frame has its code, and a mask where it goes to a service")
    func closing() {
        #expect(Array(WebSocketFrames.close(code: 1001, isMasked: false).readableBytesView) == [0x88, 2, 3, 0xE9])
        let masked = Array(WebSocketFrames.close(code: 1001, isMasked: true).readableBytesView)
        #expect(masked.count == 8 && masked[..<2] == [0x88, 0x82])
        #expect([masked[6] ^ masked[2], masked[7] ^ masked[3]] == [3, 0xE9])
    }
}
