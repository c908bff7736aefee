import HTTPExchanges
import Testing
import TrafficPolicies

/// Rate limits: what they let through, what they say, and how much memory they take.
@Suite("Rate limits") struct RateLimitTests {
    private static let second: Int64 = 1_000_000_000

    @Test("A burst passes at once, then requests pass as the allowance grows") func burst() {
        let limit = RateLimit(requests: 4, nanoseconds: Self.second, burst: 2)
        var arrival: Int64 = 0
        let start: Int64 = 5 * Self.second
        let first = limit.judge(&arrival, now: start)
        #expect(first.isAllowed && first.remaining == 1 && first.reset == Self.second / 4 && first.retryAfter == 0)
        #expect(limit.judge(&arrival, now: start).remaining == 0)
        let refused = limit.judge(&arrival, now: start)
        #expect(!refused.isAllowed && refused.retryAfter == Self.second / 4 && refused.reset == Self.second / 2)
        // What is refused costs nothing.
        #expect(!limit.judge(&arrival, now: start + Self.second / 4 - 1).isAllowed)
        #expect(limit.judge(&arrival, now: start + Self.second / 4).isAllowed)
        #expect(limit.judge(&arrival, now: start + 10 * Self.second).remaining == 1)
    }

    @Test("Without a burst as many pass at once as the limit says") func whole() {
        let limit = RateLimit(requests: 100, nanoseconds: Self.second, burst: nil)
        var arrival: Int64 = 0
        let allowed = (0..<1000).filter { _ in limit.judge(&arrival, now: 1).isAllowed }
        #expect(allowed.count == 100)
    }

    @Test(
        "60 seconds at ten times the limit: within 1 % of it",
        arguments: [(100, 1, 200), (7, 1, 3), (1000, 60, 1000), (3, 10, nil)] as [(Int64, Int64, Int64?)])
    func exact(requests: Int64, seconds: Int64, burst: Int64?) {
        let limit = RateLimit(requests: requests, nanoseconds: seconds * Self.second, burst: burst)
        let table = RateLimitTable(callers: 1024)
        let step = max(1, seconds * Self.second / requests / 10)
        var allowed: Int64 = 0
        var now: Int64 = 77 * Self.second
        let end = now + 60 * Self.second
        while now < end {
            if table.judge(99, by: limit, now: now).isAllowed { allowed += 1 }
            now += step
        }
        let wanted = 60 * requests / seconds + (burst ?? requests)
        #expect(abs(allowed - wanted) <= max(1, wanted / 100), "\(allowed) of \(wanted)")
    }

    @Test("A million callers stay within the table, and push out none who comes often") func bounded() {
        let table = RateLimitTable()
        #expect(table.byteCount <= 8 << 20)
        let limit = RateLimit(requests: 10, nanoseconds: Self.second, burst: 10)
        let busy = RateLimitTable.fingerprint(limit: 1, name: UnsafeRawBufferPointer(start: nil, count: 0))
        var now: Int64 = 1
        var allowed = 0
        for caller in 0..<1_000_000 {
            let name = withUnsafeBytes(of: caller) { RateLimitTable.fingerprint(limit: 2, name: $0) }
            _ = table.judge(name, by: limit, now: now)
            if caller % 1000 == 0 {
                // 100 a second, ten times what is allowed.
                for _ in 0..<10 where table.judge(busy, by: limit, now: now).isAllowed { allowed += 1 }
                now += Self.second / 10
            }
        }
        // 100 seconds at 10 a second, and the burst.
        #expect(abs(allowed - 1010) <= 10, "\(allowed)")
        #expect(table.byteCount <= 8 << 20)
    }

    @Test("Callers of different limits do not meet") func apart() {
        let name: [UInt8] = Array("ada".utf8)
        let prints = name.withUnsafeBytes { bytes in
            Set((0..<1000).map { RateLimitTable.fingerprint(limit: $0, name: bytes) })
        }
        #expect(prints.count == 1000)
    }
}

/// Rules for addresses of clients.
@Suite("Rules for addresses") struct AddressRulesTests {
    private func network(_ text: String, _ length: Int) -> AddressRules.Network {
        AddressRules.Network(address: ClientAddress(Array(text.utf8)).bytes, prefixLength: length)
    }

    @Test("Networks of both versions; refused counts more than allowed") func rules() {
        let rules = AddressRules(
            allowed: [network("10.0.0.0", 8), network("2001:db8::", 33)], refused: [network("10.1.2.0", 23)])
        for (address, passes) in [
            ("10.9.9.9", true), ("10.1.3.255", false), ("10.1.4.0", true), ("11.0.0.1", false),
            ("2001:db8:7fff::1", true),
            ("2001:db8:8000::1", false), ("::ffff:10.9.9.9", true), ("::ffff:10.1.2.1", false), ("", false),
            ("no", false),
        ] {
            #expect(rules.admit(ClientAddress(Array(address.utf8))) == passes, "\(address)")
        }
        #expect(AddressRules(allowed: [], refused: []).admit(ClientAddress([])))
        #expect(
            !AddressRules(allowed: [], refused: [network("0.0.0.0", 0)]).admit(ClientAddress(Array("1.2.3.4".utf8))))
    }

    @Test("A customer with IPv6 is a network of 64 bits") func customers() {
        let one = ClientAddress(Array("2001:db8::1".utf8)), two = ClientAddress(Array("2001:db8::2:3:4:5".utf8))
        #expect(one.customer == two.customer && one != two)
        #expect(ClientAddress(Array("2001:db8:0:1::1".utf8)).customer != one.customer)
        #expect(ClientAddress(Array("1.2.3.4".utf8)).customer == [1, 2, 3, 4])
    }
}
