import GatewayPipeline
import GatewaySettings
import Testing

@Suite("Which requests are turned away when all are late")
struct ShedGateTests {
    /// Of 160 requests of a priority, how many go on.
    private static func admitted(_ gate: inout ShedGate, _ priority: ExchangeSettings.Priority) -> Int {
        (0..<160).count { _ in gate.admits(priority) }
    }

    @Test("low priority goes first, then normal, high never; and all come back when the wait is over")
    func order() {
        var gate = ShedGate(target: 50)
        #expect(Self.admitted(&gate, .low) == 160)
        gate.observe(51)
        #expect(Self.admitted(&gate, .low) == 120 && Self.admitted(&gate, .normal) == 160)
        for _ in 0..<3 { gate.observe(51) }
        #expect(Self.admitted(&gate, .low) == 0 && Self.admitted(&gate, .normal) == 160)
        gate.observe(51)
        #expect(Self.admitted(&gate, .low) == 0 && Self.admitted(&gate, .normal) == 120)
        for _ in 0..<10 { gate.observe(51) }
        #expect(Self.admitted(&gate, .normal) == 0 && Self.admitted(&gate, .high) == 160)
        for _ in 0..<16 { gate.observe(50) }
        #expect(Self.admitted(&gate, .low) == 0 && Self.admitted(&gate, .normal) == 160)
        for _ in 0..<16 { gate.observe(0) }
        #expect(Self.admitted(&gate, .low) == 160 && gate.pressure == 0)
    }

    @Test("a wait of many times the target is answered faster")
    func steep() {
        var gate = ShedGate(target: 10)
        gate.observe(.max)
        #expect(gate.pressure == 8)
        for _ in 0..<10 { gate.observe(.max) }
        #expect(gate.pressure == 32)
    }
}
