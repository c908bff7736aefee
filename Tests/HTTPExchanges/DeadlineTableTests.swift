import HTTPExchanges
import NIOCore
import Testing

@Suite("The deadlines of a loop")
struct DeadlineTableTests {
    /// Notes when it was called.
    private final class Owner: DeadlineOwner {
        var calls: [NIODeadline] = []
        var action: (NIODeadline) -> Void = { _ in }

        func deadlinePassed(now: NIODeadline) {
            calls.append(now)
            action(now)
        }
    }

    private static func time(_ seconds: UInt64) -> NIODeadline { .uptimeNanoseconds(seconds * 1_000_000_000) }

    @Test("a deadline passes once, at its time and not before")
    func passing() {
        let table = DeadlineTable()
        let owner = Owner()
        let slot = table.register(owner)
        table.set(slot, to: Self.time(10))
        table.sweep(now: Self.time(9))
        #expect(owner.calls == [])
        table.sweep(now: Self.time(10))
        table.sweep(now: Self.time(11))
        #expect(owner.calls == [Self.time(10)])
    }

    @Test("a deadline that is cleared, moved or given back does not pass")
    func clearing() {
        let table = DeadlineTable()
        let (cleared, moved, gone) = (Owner(), Owner(), Owner())
        let slots = [cleared, moved, gone].map { table.register($0) }
        for slot in slots { table.set(slot, to: Self.time(10)) }
        table.set(slots[0], to: nil)
        table.set(slots[1], to: Self.time(20))
        table.unregister(slots[2])
        table.sweep(now: Self.time(15))
        #expect(cleared.calls.isEmpty && moved.calls.isEmpty && gone.calls.isEmpty)
        table.sweep(now: Self.time(20))
        #expect(moved.calls.count == 1)
    }

    @Test("a slot is used again, and its new owner begins without a deadline")
    func reuse() {
        let table = DeadlineTable()
        let (first, second) = (Owner(), Owner())
        let slot = table.register(first)
        table.set(slot, to: Self.time(10))
        table.unregister(slot)
        #expect(table.register(second) == slot)
        table.sweep(now: Self.time(20))
        #expect(first.calls.isEmpty && second.calls.isEmpty)
        #expect(table.count == 1)
    }

    @Test("a slot is given back once, however often that is said")
    func doubleUnregister() {
        let table = DeadlineTable()
        let slot = table.register(Owner())
        table.unregister(slot)
        table.unregister(slot)
        table.unregister(-1)
        table.unregister(99)
        #expect(table.count == 0)
        let slots = [table.register(Owner()), table.register(Owner())]
        #expect(Set(slots).count == 2)
    }

    @Test("a slot that is none is ignored")
    func strangeSlots() {
        let table = DeadlineTable()
        table.set(-1, to: Self.time(1))
        table.set(5, to: Self.time(1))
        table.sweep(now: Self.time(2))
        #expect(table.count == 0)
    }

    @Test("owners may set, register and unregister while they are called")
    func reentrancy() {
        let table = DeadlineTable()
        let (first, second, late) = (Owner(), Owner(), Owner())
        let slots = [table.register(first), table.register(second)]
        first.action = { now in
            table.unregister(slots[1])
            table.set(table.register(late), to: now)
            table.set(slots[0], to: now + .seconds(5))
        }
        for slot in slots { table.set(slot, to: Self.time(1)) }
        table.sweep(now: Self.time(1))
        #expect(first.calls.count == 1)
        #expect(second.calls.isEmpty)
        #expect(late.calls.count == 1)
        table.sweep(now: Self.time(6))
        #expect(first.calls.count == 2)
    }

    @Test("an owner is held until its slot is given back")
    func ownership() {
        let table = DeadlineTable()
        weak var weakly: Owner?
        var slot = -1
        do {
            let owner = Owner()
            weakly = owner
            slot = table.register(owner)
        }
        #expect(weakly != nil)
        table.unregister(slot)
        #expect(weakly == nil)
    }

    @Test(
        "a failure names its cause, its blame, and the name is kebab-case",
        arguments: [
            (ExchangeFailure.Reason.connectRefused, ExchangeFailure.Blame.upstream), (.connectTimeout, .upstream),
            (.unresolvable, .upstream), (.noEndpoint, .upstream), (.poolFull, .gateway), (.connectionReset, .upstream),
            (.circuitOpen, .gateway),
            (.malformedResponse, .upstream), (.truncatedResponse, .upstream), (.unexpectedUpgrade, .upstream),
            (.responseHeadTimeout, .upstream), (.responseIdleTimeout, .upstream), (.exchangeTimeout, .upstream),
            (.requestTimeout, .client), (.clientGone, .client), (.malformedRequestContent, .client),
            (.contentTooLarge, .client), (.draining, .gateway),
        ])
    func failures(reason: ExchangeFailure.Reason, blame: ExchangeFailure.Blame) {
        let failure = ExchangeFailure(reason, retry: .never)
        #expect(failure.blame == blame)
        #expect(failure.name.allSatisfy { $0.isLowercase || $0 == "-" })
    }
}
