import JSONDocuments

/// JSON texts: the parser stays within its input, and what it accepts survives being written and read again.
struct JSONTarget: FuzzTarget {
    static let name = "json"

    func run(_ input: UnsafeRawBufferPointer) {
        var tape = JSONTape()
        let strict = fault(of: input, .traffic, &tape)
        var lenient = JSONLimits.traffic
        lenient.duplicateKeys = .allow
        let fault = fault(of: input, lenient, &tape)
        if let fault {
            hold(fault.offset <= input.count, "a fault lies in the text")
            hold(strict != nil, "what is no JSON is refused with and without duplicate names")
            return
        }
        let repeatsName = tape.withView { view in
            (0..<view.count).contains {
                view[$0].kind == .object && !view.duplicateKeys(inObject: $0, limit: 1).isEmpty
            }
        }
        hold(repeatsName == (strict?.kind == .duplicateKey), "duplicate names are found while reading and afterwards")
        for layout in [JSONWriter.Layout.compact, .pretty] { checkRewriting(tape, layout, lenient) }
        checkNumbers(tape)
    }

    /// Parses, and gives the fault.
    private func fault(
        of text: UnsafeRawBufferPointer, _ limits: JSONLimits, _ tape: inout JSONTape
    ) -> JSONSyntaxError? {
        do throws(JSONSyntaxError) {
            try tape.parse(text, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    /// Writes and reads again: the same rows, the same texts.
    private func checkRewriting(_ tape: borrowing JSONTape, _ layout: JSONWriter.Layout, _ limits: JSONLimits) {
        var writer = JSONWriter(layout)
        tape.withView { writer.value($0, at: 0) }
        let written = writer.bytes
        var again = JSONTape()
        // The rows of the second tape refer to the written bytes.
        written.withUnsafeBytes { text in
            hold(fault(of: text, limits, &again) == nil, "what was written can be read")
            compare(tape.view, again.view)
        }
    }

    /// Two tapes hold the same values.
    private func compare(_ before: JSONView, _ after: JSONView) {
        hold(before.count == after.count, "no row is lost")
        for index in 0..<min(before.count, after.count) {
            let (old, new) = (before[index], after[index])
            hold(old.kind == new.kind && old.next == new.next, "the rows have the same shape")
            guard old.kind == .string || old.kind == .number else { continue }
            hold(JSONView.isEqual(before.text(of: old), after.text(of: new)), "the texts are the same")
        }
    }

    /// Exact arithmetic on neighbours: an order, and equality that agrees with it.
    private func checkNumbers(_ tape: borrowing JSONTape) {
        tape.withView { view in
            var previous: UnsafeRawBufferPointer?
            for index in 0..<view.count where view[index].kind == .number {
                let text = view.text(of: index)
                let number = ExactNumber(literal: text)
                hold(number.compare(literal: text) == 0, "a number equals itself")
                if let integer = ExactNumber.int64(text) {
                    hold(ExactNumber(integer) == number, "an integer equals its literal")
                }
                if let previous {
                    let order = ExactNumber.compare(previous, text)
                    hold(order == -ExactNumber.compare(text, previous), "numbers are ordered")
                    let other = ExactNumber(literal: previous)
                    hold((order == 0) == (other == number), "equality agrees with the order")
                    if order == 0 { hold(other.hashValue == number.hashValue, "equal numbers hash alike") }
                    _ = number.divides(literal: previous)
                }
                previous = text
            }
        }
    }
}
