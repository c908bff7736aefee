/// The machine.
extension BacktrackingMatcher {
    /// Searches the pattern in a text.
    /// - Parameter text: UTF-8; anything else is undecided.
    func matches(_ text: UnsafeRawBufferPointer) -> PatternVerdict {
        guard let string = String(validating: text.bindMemory(to: UInt8.self), as: UTF8.self) else {
            return .undecided(.text)
        }
        var machine = Machine(program: program, scalars: string.unicodeScalars.map(\.value), slotCount: slotCount)
        for start in 0...machine.scalars.count {
            switch machine.run(from: 0, at: start, depth: 0) {
            case .match: return .match
            case .undecided(let reason): return .undecided(reason)
            case .noMatch: continue
            }
        }
        return .noMatch
    }

    /// A run of the program over one text.
    private struct Machine {
        /// What to do when a way fails.
        enum Choice {
            /// Go on there.
            case resume(instruction: Int, position: Int)
            /// Put a slot's value back, then look further.
            case restore(slot: Int, value: Int)
        }

        /// The program.
        let program: [Instruction]
        /// The text.
        let scalars: [UInt32]
        /// Positions noted; -1 is none.
        var slots: [Int]
        /// Ways still open.
        var choices: [Choice] = []
        /// Steps left.
        var steps: Int

        /// Most open ways.
        static let maximumChoices = 200_000
        /// Most look-arounds within each other.
        static let maximumDepth = 100

        /// Prepares a run.
        init(program: [Instruction], scalars: [UInt32], slotCount: Int) {
            self.program = program
            self.scalars = scalars
            slots = Array(repeating: -1, count: slotCount)
            steps = max(PatternScratch.matchLimit, scalars.count * 4)
        }

        /// Runs from an instruction to its `accept`.
        mutating func run(from first: Int, at start: Int, depth: Int) -> PatternVerdict {
            guard depth < Self.maximumDepth else { return .undecided(.memory) }
            let base = choices.count
            var instruction = first
            var position = start
            while true {
                steps -= 1
                guard steps > 0 else { return .undecided(.steps) }
                guard choices.count < Self.maximumChoices else { return .undecided(.memory) }
                var failed = false
                var next = instruction + 1
                switch program[instruction] {
                case .accept:
                    keepNotes(above: base)
                    return .match
                case .jump(let target): next = target
                case .fork(let one, let other):
                    choices.append(.resume(instruction: other, position: position))
                    next = one
                case .note(let slot):
                    choices.append(.restore(slot: slot, value: slots[slot]))
                    slots[slot] = position
                case .progress(let slot): failed = slots[slot] == position
                case .start: failed = position != 0
                case .end: failed = position != scalars.count
                case .wordBoundary(let negated): failed = isBoundary(position) == negated
                case .read(let set, let backward):
                    let index = backward ? position - 1 : position
                    failed = index < 0 || index >= scalars.count || !set.contains(scalars[index])
                    position += backward ? -1 : 1
                case .backreference(let number, let backward):
                    if let end = skip(number, position, backward) { position = end } else { failed = true }
                case .look(let negated, let target):
                    let mark = choices.count
                    let verdict = run(from: instruction + 1, at: position, depth: depth + 1)
                    if case .undecided = verdict { return verdict }
                    if negated { undo(to: mark) }
                    failed = (verdict == .match) == negated
                    next = target
                }
                if failed {
                    guard let (instructionThere, positionThere) = resume(above: base) else { return .noMatch }
                    instruction = instructionThere
                    position = positionThere
                } else {
                    instruction = next
                }
            }
        }

        /// Takes the last open way, putting slots back on the way there; `nil` if none is left.
        private mutating func resume(above base: Int) -> (Int, Int)? {
            while choices.count > base, let choice = choices.popLast() {
                switch choice {
                case .resume(let instruction, let position): return (instruction, position)
                case .restore(let slot, let value): slots[slot] = value
                }
            }
            return nil
        }

        /// Forgets open ways, and puts slots back.
        private mutating func undo(to mark: Int) {
            while choices.count > mark, let choice = choices.popLast() {
                if case .restore(let slot, let value) = choice { slots[slot] = value }
            }
        }

        /// Forgets open ways, but not how to put slots back: a look-around is left once and for all.
        private mutating func keepNotes(above base: Int) {
            let notes = choices[base...].filter { if case .restore = $0 { true } else { false } }
            choices.replaceSubrange(base..., with: notes)
        }

        /// Whether a word begins or ends here.
        private func isBoundary(_ position: Int) -> Bool {
            let before = position > 0 && ScalarSet.word.contains(scalars[position - 1])
            let after = position < scalars.count && ScalarSet.word.contains(scalars[position])
            return before != after
        }

        /// Where the text of a group ends if it stands here; `nil` if it does not.
        private func skip(_ number: Int, _ position: Int, _ backward: Bool) -> Int? {
            let first = slots[number * 2]
            let last = slots[number * 2 + 1]
            guard first >= 0, last >= first else { return position }
            let length = last - first
            let start = backward ? position - length : position
            guard start >= 0, start + length <= scalars.count else { return nil }
            guard scalars[first..<last].elementsEqual(scalars[start..<start + length]) else { return nil }
            return backward ? start : start + length
        }
    }
}
