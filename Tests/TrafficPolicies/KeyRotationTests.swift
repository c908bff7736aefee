import Testing
import TrafficPolicies

@Suite("When keys are fetched")
struct KeyRotationTests {
    /// What happens to a rotation.
    enum Event: Sendable {
        case time, miss, fail
        case fetched(Int?)
    }

    /// One line of a story: a moment in seconds, what happens, what is to be done, and when to wake up.
    struct Line: Sendable {
        let second: Double
        let event: Event
        let action: KeyRotation.Action
        let wakes: Double?

        init(_ second: Double, _ event: Event, _ action: KeyRotation.Action, _ wakes: Double? = nil) {
            self.second = second
            self.event = event
            self.action = action
            self.wakes = wakes
        }
    }

    /// A story with a name: keys are refreshed each 300 s and serve 600 s longer.
    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lines: [Line]
    }

    static let stories = [
        Story(
            testDescription: "a set is fetched at start and when its lifetime is over",
            lines: [
                Line(0, .time, .fetch), Line(0, .time, .none), Line(1, .fetched(nil), .adopt, 301),
                Line(300, .time, .none, 301), Line(301, .time, .fetch), Line(302, .fetched(nil), .adopt, 602),
            ]),
        Story(
            testDescription: "max-age counts, from 10 seconds to 24 hours",
            lines: [
                Line(0, .time, .fetch), Line(0, .fetched(60), .adopt, 60), Line(60, .time, .fetch),
                Line(60, .fetched(0), .adopt, 70), Line(70, .time, .fetch), Line(70, .fetched(9), .adopt, 80),
                Line(80, .time, .fetch), Line(80, .fetched(1 << 31), .adopt, 86_480),
            ]),
        Story(
            testDescription: "pauses after failures double up to a minute",
            lines: [
                Line(0, .time, .fetch), Line(0, .fail, .keep, 1), Line(1, .time, .fetch), Line(1, .fail, .keep, 3),
                Line(3, .time, .fetch), Line(3, .fail, .keep, 7), Line(7, .time, .fetch), Line(7, .fail, .keep, 15),
                Line(15, .time, .fetch), Line(15, .fail, .keep, 31), Line(31, .time, .fetch),
                Line(31, .fail, .keep, 63),
                Line(63, .time, .fetch), Line(63, .fail, .keep, 123), Line(123, .time, .fetch),
                Line(123, .fail, .keep, 183), Line(183, .time, .fetch), Line(183, .fetched(nil), .adopt, 483),
                Line(483, .time, .fetch), Line(483, .fail, .keep, 484),
            ]),
        Story(
            testDescription: "an unknown key starts a fetch at once, and the next one ten seconds later",
            lines: [
                Line(0, .time, .fetch), Line(0, .miss, .none), Line(1, .fetched(nil), .adopt, 301),
                Line(1, .miss, .fetch), Line(1, .miss, .none), Line(2, .fetched(nil), .adopt, 302),
                Line(2, .miss, .tell, 302), Line(10.9, .miss, .tell, 302), Line(11, .miss, .fetch),
                Line(11, .fetched(nil), .adopt, 311), Line(20, .miss, .tell, 311), Line(21, .miss, .fetch),
            ]),
        Story(
            testDescription: "unknown keys do not shorten the pauses after failures",
            lines: [
                Line(0, .time, .fetch), Line(0, .fetched(nil), .adopt, 300), Line(50, .miss, .fetch),
                Line(50, .fail, .keep, 51), Line(50.5, .miss, .tell, 51), Line(51, .time, .fetch),
                Line(51, .fail, .keep, 53), Line(52, .miss, .tell, 53), Line(53, .time, .fetch),
                Line(53, .fetched(nil), .adopt, 353), Line(53, .miss, .tell, 353), Line(60, .miss, .fetch),
            ]),
        Story(
            testDescription: "keys serve for a while beyond their lifetime, and then no longer",
            lines: [
                Line(0, .time, .fetch), Line(0, .fetched(nil), .adopt, 300), Line(300, .time, .fetch),
                Line(895, .fail, .keep, 896), Line(896, .time, .fetch), Line(897, .fail, .keep, 899),
                Line(899, .time, .fetch), Line(899, .fail, .keep, 900), Line(900, .time, .withdraw, 903),
                Line(901, .time, .none, 903), Line(903, .time, .fetch), Line(904, .fail, .keep, 912),
                Line(912, .time, .fetch), Line(912, .fetched(nil), .adopt, 1212),
            ]),
        Story(
            testDescription: "a fetch that fails when the keys are too old takes them away",
            lines: [
                Line(0, .time, .fetch), Line(0, .fetched(nil), .adopt, 300), Line(899, .time, .fetch),
                Line(900, .fail, .withdraw, 901), Line(901, .time, .fetch), Line(901, .fail, .keep, 903),
            ]),
        Story(
            testDescription: "a set that comes when the keys are too old is used",
            lines: [
                Line(0, .time, .fetch), Line(0, .fetched(nil), .adopt, 300), Line(899, .time, .fetch),
                Line(904, .fetched(nil), .adopt, 1204),
            ]),
    ]

    @Test("the table", arguments: stories)
    func table(story: Story) {
        let start = KeyRotation.Instant.now
        func moment(_ second: Double) -> KeyRotation.Instant { start + .milliseconds(Int(second * 1000)) }
        let rules = KeyRotation.Rules(refresh: .seconds(300), staleFor: .seconds(600))
        var rotation = KeyRotation(rules, at: start)
        #expect(rotation.wakesAt == nil)
        for line in story.lines {
            let now = moment(line.second)
            let action =
                switch line.event {
                case .time: rotation.timePassed(at: now)
                case .miss: rotation.keyWasMissed(at: now)
                case .fail: rotation.failed(at: now, chance: 0)
                case .fetched(let seconds):
                    rotation.fetched(lifetime: seconds.map { .seconds($0) }, at: now)
                }
            #expect(action == line.action, "at \(line.second)")
            #expect(rotation.wakesAt == line.wakes.map(moment), "at \(line.second)")
            #expect(rotation.standing.isFetching == (line.wakes == nil))
        }
    }

    @Test(
        "chance shortens a pause by up to a half", arguments: [(0.0, 1000), (0.5, 750), (1, 500), (-3, 1000), (9, 500)])
    func chance(chance: Double, milliseconds: Int) {
        let start = KeyRotation.Instant.now
        var rotation = KeyRotation(KeyRotation.Rules(refresh: .seconds(300), staleFor: .zero), at: start)
        _ = rotation.timePassed(at: start)
        _ = rotation.failed(at: start, chance: chance)
        #expect(rotation.wakesAt == start + .milliseconds(milliseconds))
    }

    @Test("without staleFor keys end with their lifetime")
    func noStaleness() {
        let start = KeyRotation.Instant.now
        var rotation = KeyRotation(KeyRotation.Rules(refresh: .seconds(300), staleFor: .zero), at: start)
        _ = rotation.timePassed(at: start)
        #expect(rotation.fetched(lifetime: nil, at: start) == .adopt)
        #expect(rotation.timePassed(at: start + .seconds(300)) == .withdraw)
        #expect(rotation.timePassed(at: start + .seconds(300)) == .fetch)
    }

    @Test("a thousand made-up keys in a minute cost six fetches")
    func flood() {
        let start = KeyRotation.Instant.now
        var rotation = KeyRotation(KeyRotation.Rules(refresh: .seconds(300), staleFor: .zero), at: start)
        _ = rotation.timePassed(at: start)
        _ = rotation.fetched(lifetime: nil, at: start)
        var fetches = 0
        for number in 0..<1000 {
            let now = start + .milliseconds(60 * number)
            guard rotation.keyWasMissed(at: now) == .fetch else { continue }
            fetches += 1
            _ = rotation.fetched(lifetime: nil, at: now)
        }
        #expect(fetches == 6)
    }

    @Test("a thousand failures in a row end in a minute's pause")
    func failures() {
        let start = KeyRotation.Instant.now
        var rotation = KeyRotation(KeyRotation.Rules(refresh: .seconds(300), staleFor: .zero), at: start)
        for _ in 0..<1000 {
            _ = rotation.timePassed(at: rotation.wakesAt ?? start)
            _ = rotation.failed(at: start, chance: 0)
            #expect(rotation.standing.isFailing)
        }
        #expect(rotation.wakesAt == start + .seconds(60))
    }
}
