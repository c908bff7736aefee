import JSONDocuments
import SchemaEvaluation

/// Where a check of a sequence stands between two pieces of its content.
struct SequenceProgress {
    /// Cuts the content into items.
    var scanner: SequenceScanner
    /// The position of the next item.
    var position = 0
    /// The items so far as the text of one array without its end; nil where only items are described.
    var array: [UInt8]?

    /// The start of content.
    init(_ format: SequenceFormat, collectsArray: Bool) {
        scanner = SequenceScanner(format)
        array = collectsArray ? [UInt8(ascii: "[")] : nil
    }
}

/// Checking sequences (OpenAPI 3.2 §4.14.4): `itemSchema` holds for each item on its own, `schema` for all of them as an
/// array.
extension ContentContract {
    /// Whole content.
    func checkSequence(
        _ body: UnsafeRawBufferPointer, _ format: SequenceFormat, _ program: SchemaProgram, _ limits: JSONLimits,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> Bool {
        var progress = SequenceProgress(format, collectsArray: entry != nil)
        let isGood = checkItems(of: body, isLast: true, &progress, program, limits, &workspace, &sink)
        guard isGood, let entry, var text = progress.array else { return isGood }
        text.append(UInt8(ascii: "]"))
        var outer = limits
        outer.depth += 1
        return text.withUnsafeBytes { text in
            parse(text, outer, "the sequence", &workspace, &sink) && evaluate(entry, "", program, &workspace, &sink)
        }
    }

    /// The items that end in a piece of content.
    ///
    /// - Returns: false if one of them, or what stands in place of one, breaks the contract.
    func checkItems(
        of piece: UnsafeRawBufferPointer, isLast: Bool, _ progress: inout SequenceProgress, _ program: SchemaProgram,
        _ limits: JSONLimits, _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> Bool {
        var isGood = true
        var (position, array) = (progress.position, progress.array)
        progress.array = nil
        // Whoever wants to know all that is wrong reads on after a violation; the first few are told.
        let readsOn = sink.isCollecting
        func take(_ item: SequenceItem) -> Bool {
            if !checkItem(item, at: position, program, limits, &workspace, &sink) { isGood = false }
            if isGood, array != nil, case .json(let text) = item {
                if position > 0 { array?.append(UInt8(ascii: ",")) }
                array?.append(contentsOf: text)
            }
            position += 1
            return isGood || readsOn
        }
        if progress.scanner.scan(piece, take), isLast { _ = progress.scanner.finish(take) }
        (progress.position, progress.array) = (position, array)
        return isGood
    }

    /// One item.
    private func checkItem(
        _ item: SequenceItem, at position: Int, _ program: SchemaProgram, _ limits: JSONLimits,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> Bool {
        switch item {
        case .fault(let words):
            sink.report {
                ContractViolation(
                    .body, pointer: "/\(position)", code: "sequence", detail: "item \(position) \(words)",
                    schema: pointer)
            }
            return false
        case .json(let text):
            guard parse(text, limits, "item \(position)", &workspace, &sink) else { return false }
            return itemEntry.map { evaluate($0, "/\(position)", program, &workspace, &sink) } ?? true
        }
    }
}

/// A check of a response's items while they arrive; see `ResponseContract.itemStream(_:)`.
package struct ItemStream {
    /// The content that describes the items.
    let content: ContentContract
    /// What has been read.
    var progress: SequenceProgress

    /// Bytes of the last piece that belong to items which have ended.
    package var boundary: Int { progress.scanner.boundary }
}
