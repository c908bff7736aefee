import NIOCore
import TestSupport
import Testing

@testable import NameResolution

@Suite("Questions to a name server")
struct DNSResolverTests {
    private func resolver(_ server: NameServer) throws -> DNSResolver {
        DNSResolver(
            server: try SocketAddress(ipAddress: "127.0.0.1", port: server.port), timeout: .milliseconds(200))
    }

    private func name(_ text: String) throws -> DNSName { try #require(DNSName(text)) }

    @Test("addresses come with the shortest time of all records that led to them; aliases are followed")
    func addresses() throws {
        let server = try NameServer([
            .alias("shop.test", "a.shop.test", seconds: 30), .alias("a.shop.test", "b.test", seconds: 9),
            .address("b.test", [10, 0, 0, 1], seconds: 40), .address("b.test", [10, 0, 0, 2], seconds: 50),
            .address("c.test", [10, 0, 0, 3]), .address("six.test", [UInt8](repeating: 7, count: 16), seconds: 5),
        ])
        let answer = try resolver(server).addresses(of: name("SHOP.test"))
        #expect(answer.found == [[10, 0, 0, 1], [10, 0, 0, 2]])
        #expect(answer.timeToLive == 9)
        let six = try resolver(server).addresses(of: name("six.test"))
        #expect(six.found == [[UInt8](repeating: 7, count: 16)] && six.timeToLive == 5)
        #expect(try resolver(server).addresses(of: name("nobody.test")).found.isEmpty)
    }

    @Test("instances of a service come with port, weight and priority")
    func instances() throws {
        let server = try NameServer([
            .service("_shop._tcp.test", "a.test", port: 8080, weight: 3, seconds: 7),
            .service("_shop._tcp.test", "b.test", port: 65_535, priority: 5),
        ])
        let answer = try resolver(server).instances(of: name("_shop._tcp.test"))
        #expect(answer.found.map(\.port) == [8080, 65_535])
        #expect(answer.found.map(\.priority) == [0, 5] && answer.found.map(\.weight) == [3, 1])
        #expect(answer.found.map(\.target.description) == ["a.test", "b.test"])
        #expect(answer.timeToLive == 7)
    }

    @Test("an answer that does not fit into a datagram comes by TCP")
    func truncated() throws {
        let server = try NameServer([.address("a.test", [10, 0, 0, 1])])
        server.set(truncates: true)
        #expect(try resolver(server).addresses(of: name("a.test")).found == [[10, 0, 0, 1]])
        #expect(server.questions == ["a.test 1", "a.test 1"])
    }

    @Test("a server that is silent, or whose answers are none, is asked three times")
    func silent() throws {
        let server = try NameServer([.address("a.test", [10, 0, 0, 1])])
        server.set(isSilent: true)
        let clock = ContinuousClock()
        let time = clock.measure {
            #expect(throws: DNSResolver.Failure.self) { try resolver(server).addresses(of: name("a.test")) }
        }
        #expect(time < .seconds(3) && server.questions.count == 3)
        server.set(isSilent: false)
        server.set(forged: [1, 2, 3])
        #expect(throws: DNSResolver.Failure.self) { try resolver(server).addresses(of: name("a.test")) }
    }

    @Test("random and changed answers do no harm, and none that was made for another question is believed")
    func hostile() throws {
        let name = try name("a.test")
        var random = SystemRandomNumberGenerator()
        let question = DNSMessage.question(name, .a, id: 7)
        let header: [UInt8] = [0, 7, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0]
        let good =
            header + question[12..<(question.count - 11)]
            + [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 1]
            + [0xC0, 12, 0, 5, 0, 1, 0xFF, 0, 0, 9, 0, 2, 0xC0, 12]
        let records = try DNSMessage.records(of: good, answering: name, .a, id: 7)
        #expect(records.map(\.timeToLive) == [9, 0])
        #expect(records.map(\.value) == [.address([10, 0, 0, 1]), .alias(name)])
        for id in [UInt16(6), 8] {
            #expect(throws: DNSMessage.Defect.malformed) {
                try DNSMessage.records(of: good, answering: name, .a, id: id)
            }
        }
        #expect(throws: DNSMessage.Defect.malformed) {
            try DNSMessage.records(of: good, answering: DNSName("b.test") ?? name, .a, id: 7)
        }
        #expect(throws: DNSMessage.Defect.malformed) {
            try DNSMessage.records(of: good, answering: name, .aaaa, id: 7)
        }
        // A pointer to itself, forwards, and to one before it that leads back, have no end or none that is known.
        for pointer: [UInt8] in [[0xC0, 28], [0xC0, 40], [0xFF, 0xFF]] {
            var looped = good
            looped.replaceSubrange((question.count - 11)..<(question.count - 9), with: pointer)
            #expect(throws: DNSMessage.Defect.malformed) {
                try DNSMessage.records(of: looped, answering: name, .a, id: 7)
            }
        }
        for length in 0..<good.count {
            #expect(throws: DNSMessage.Defect.self) {
                try DNSMessage.records(of: Array(good[..<length]), answering: name, .a, id: 7)
            }
        }
        for _ in 0..<20_000 {
            var changed = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? DNSMessage.records(of: changed, answering: name, .a, id: 7)
        }
    }

    @Test(
        "what is no name is none",
        arguments: ["", ".", "a..b", String(repeating: "a", count: 64), String(repeating: "a.", count: 128)])
    func names(_ text: String) { #expect(DNSName(text) == nil) }

    @Test("names of services begin with two labels with an underscore")
    func services() throws {
        #expect(try name("_shop._tcp.test").isService)
        #expect(try !name("_tcp.test").isService && !name("shop._tcp.test").isService && !name("a.b.test.").isService)
    }
}
