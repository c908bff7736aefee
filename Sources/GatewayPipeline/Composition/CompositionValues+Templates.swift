import CompositionLanguage
import JSONDocuments
import NIOCore

/// Values: where a reference leads while an exchange runs, and templates filled with what is there.
extension CompositionValues {
    /// What a reference leads to.
    enum Located {
        /// Nothing.
        case absent
        /// Null, in place of a part that failed.
        case null
        /// A value of a part's content.
        case node(PartContent, Int)
        /// A text; `isBare`: it is written into JSON as it stands.
        case text([UInt8], isBare: Bool)
        /// A number.
        case integer(Int)
        /// All results of a `forEach`.
        case results(step: Int)
    }

    // MARK: References

    /// Follows a reference.
    func locate(_ reference: ValueReference, scope: ItemScope?) -> Located {
        switch reference.root {
        case .input(let index): return input(index, reference.pointer)
        case .claim(let index):
            guard claims.indices.contains(index), let claim = claims[index] else { return .absent }
            return .text(claim.text, isBare: claim.isBare)
        case .item:
            guard let scope else { return .absent }
            return walk(scope.part, scope.node, reference.pointer[...])
        case .index: return scope.map { .integer($0.index) } ?? .absent
        case .status(let step): return states[step].reply.map { .integer($0.status) } ?? .absent
        case .header(let step, let name):
            guard let field = states[step].reply?.fields.first(where: { $0.name == name }) else { return .absent }
            return .text(field.value, isBare: false)
        case .body(let step, let isElement): return body(step, isElement, reference.pointer, scope: scope)
        }
    }

    /// An input.
    private func input(_ index: Int, _ pointer: [PointerToken]) -> Located {
        let input = plan.inputs[index]
        if input.location == .body {
            guard let content else { return .absent }
            return walk(content, 0, pointer[...])
        }
        guard pointer.isEmpty, let text = inputs[index] ?? input.standard else { return .absent }
        return .text(text, isBare: input.isBare)
    }

    /// The content of a step, or what stands in its place.
    private func body(_ step: Int, _ isElement: Bool, _ pointer: [PointerToken], scope: ItemScope?) -> Located {
        let state = states[step]
        guard plan.steps[step].fanOut != nil else {
            guard state.hasResult else { return fallback(step, pointer[...]) }
            guard let reply = state.reply, let content = reply.content else { return .absent }
            return walk(content, reply.root, pointer[...])
        }
        if isElement {
            guard let scope, state.hasResult, state.slotOfElement.indices.contains(scope.index) else {
                return fallback(step, pointer[...])
            }
            return result(step, slot: state.slotOfElement[scope.index], pointer[...])
        }
        guard let first = pointer.first else { return state.hasResult ? .results(step: step) : fallback(step, []) }
        guard state.hasResult, let place = first.place, state.replies.indices.contains(place) else { return .absent }
        return result(step, slot: place, pointer.dropFirst())
    }

    /// One result of a `forEach`.
    private func result(_ step: Int, slot: Int, _ pointer: ArraySlice<PointerToken>) -> Located {
        guard states[step].replies.indices.contains(slot), let reply = states[step].replies[slot] else {
            return fallback(step, pointer)
        }
        return reply.content.map { walk($0, reply.root, pointer) } ?? .absent
    }

    /// What stands in for a part that is not there.
    private func fallback(_ step: Int, _ pointer: ArraySlice<PointerToken>) -> Located {
        switch plan.steps[step].fallback {
        case .omit: return .absent
        case .null: return .null
        case .value:
            if fallbacks[step] == nil, let bytes = fallbackTexts[step] {
                fallbacks[step] = bytes.withUnsafeBytes { PartContent($0, limits: .document) }
            }
            return fallbacks[step].map { walk($0, 0, pointer) } ?? .absent
        }
    }

    /// Follows a pointer inside of content.
    func walk(_ part: PartContent, _ start: Int, _ pointer: ArraySlice<PointerToken>) -> Located {
        var node = start
        for token in pointer {
            let next =
                part.kind(of: node) == .array
                ? token.place.flatMap { part.element($0, of: node) } : part.member(token.name, of: node)
            guard let next else { return .absent }
            node = next
        }
        return .node(part, node)
    }

    /// The array that a reference leads to; nil where there is none. All results of a `forEach` become an array of their
    /// own, without those that are missing.
    func array(_ reference: ValueReference, scope: ItemScope?) -> (part: PartContent, node: Int)? {
        let located = locate(reference, scope: scope)
        switch located {
        case .node(let part, let node): return part.kind(of: node) == .array ? (part, node) : nil
        case .results:
            var buffer = ByteBufferAllocator().buffer(capacity: 1024)
            guard write(located, to: &buffer) else { return nil }
            // Each result was within this depth, and stands one level deeper here.
            let content = buffer.withUnsafeReadableBytes { PartContent($0, limits: JSONLimits(depth: 65)) }
            return content.map { ($0, 0) }
        default: return nil
        }
    }

    // MARK: Scalars

    /// A scalar as text; nil for everything else.
    func text(_ located: Located) -> [UInt8]? {
        switch located {
        case .text(let text, _): return text
        case .integer(let number): return Array(String(number).utf8)
        case .node(let part, let node):
            switch part.kind(of: node) {
            case .string, .number: return part.text(of: node)
            case .true: return Array("true".utf8)
            case .false: return Array("false".utf8)
            default: return nil
            }
        default: return nil
        }
    }

    /// A text with values; nil where one is absent or no scalar.
    func text(_ template: TextTemplate, scope: ItemScope?) -> [UInt8]? {
        var text: [UInt8] = []
        for piece in template.pieces {
            switch piece {
            case .text(let bytes): text += bytes
            case .value(let reference):
                guard let value = self.text(locate(reference, scope: scope)) else { return nil }
                text += value
            }
        }
        return text
    }

    // MARK: Templates

    /// Writes what a template makes; false, and nothing written, where it makes nothing.
    func write(_ template: ReplyTemplate, scope: ItemScope?, to buffer: inout ByteBuffer) -> Bool {
        switch template {
        case .literal(let bytes):
            buffer.writeBytes(bytes)
            return true
        case .reference(let reference): return write(locate(reference, scope: scope), to: &buffer)
        case .text(let template):
            guard let text = text(template, scope: scope) else { return false }
            Self.write(string: text, to: &buffer)
            return true
        case .object(let members):
            let start = buffer.writerIndex
            buffer.writeInteger(UInt8(ascii: "{"))
            guard writeMembers(members, scope: scope, isFirst: true, to: &buffer) || members.isEmpty else {
                buffer.moveWriterIndex(to: start)
                return false
            }
            buffer.writeInteger(UInt8(ascii: "}"))
            return true
        case .array(let parts):
            buffer.writeInteger(UInt8(ascii: "["))
            var isFirst = true
            for part in parts { writeElement(part, scope: scope, isFirst: &isFirst, to: &buffer) }
            buffer.writeInteger(UInt8(ascii: "]"))
            return true
        case .selection(let reference, let chosen):
            let located = locate(reference, scope: scope)
            guard case .node(let part, let node) = located, part.kind(of: node) == .object else {
                return Self.isNull(located) && write(.null, to: &buffer)
            }
            buffer.writeInteger(UInt8(ascii: "{"))
            _ = writeChosen(chosen, part, node, isFirst: true, to: &buffer)
            buffer.writeInteger(UInt8(ascii: "}"))
            return true
        case .merged(let parts):
            buffer.writeInteger(UInt8(ascii: "{"))
            var isFirst = true
            for part in parts { if writeInner(part, scope: scope, isFirst: isFirst, to: &buffer) { isFirst = false } }
            buffer.writeInteger(UInt8(ascii: "}"))
            return true
        case .each(let reference, let item): return writeEach(reference, item, scope: scope, to: &buffer)
        }
    }

    /// The members of an object; false where none has a value.
    private func writeMembers(
        _ members: [(key: [UInt8], value: ReplyTemplate)], scope: ItemScope?, isFirst: Bool, to buffer: inout ByteBuffer
    ) -> Bool {
        var count = isFirst ? 0 : 1
        let before = count
        for member in members {
            let mark = buffer.writerIndex
            if count > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
            buffer.writeBytes(member.key)
            if write(member.value, scope: scope, to: &buffer) { count += 1 } else { buffer.moveWriterIndex(to: mark) }
        }
        return count > before
    }

    /// The chosen members of an object of a part.
    private func writeChosen(
        _ chosen: [(source: [UInt8], key: [UInt8])], _ part: PartContent, _ node: Int, isFirst: Bool,
        to buffer: inout ByteBuffer
    ) -> Bool {
        var isFirst = isFirst
        var hasAny = false
        for (source, key) in chosen {
            guard let member = part.member(source, of: node) else { continue }
            if !isFirst { buffer.writeInteger(UInt8(ascii: ",")) }
            buffer.writeBytes(key)
            part.write(member, to: &buffer)
            isFirst = false
            hasAny = true
        }
        return hasAny
    }

    /// A part of a merge, without its braces.
    private func writeInner(
        _ template: ReplyTemplate, scope: ItemScope?, isFirst: Bool, to buffer: inout ByteBuffer
    ) -> Bool {
        switch template {
        case .object(let members): return writeMembers(members, scope: scope, isFirst: isFirst, to: &buffer)
        case .selection(let reference, let chosen):
            guard case .node(let part, let node) = locate(reference, scope: scope), part.kind(of: node) == .object
            else {
                return false
            }
            return writeChosen(chosen, part, node, isFirst: isFirst, to: &buffer)
        case .merged(let parts):
            var hasAny = false
            for part in parts where writeInner(part, scope: scope, isFirst: isFirst && !hasAny, to: &buffer) {
                hasAny = true
            }
            return hasAny
        default: return false
        }
    }

    /// An array from an array.
    private func writeEach(
        _ reference: ValueReference, _ item: ReplyTemplate, scope: ItemScope?, to buffer: inout ByteBuffer
    ) -> Bool {
        guard let (part, node) = array(reference, scope: scope) else { return false }
        buffer.writeInteger(UInt8(ascii: "["))
        var isFirst = true
        for (index, element) in part.elements(of: node).enumerated() {
            writeElement(
                item, scope: ItemScope(part: part, node: element, index: index), isFirst: &isFirst, to: &buffer)
        }
        buffer.writeInteger(UInt8(ascii: "]"))
        return true
    }

    /// An element, if it has a value.
    private func writeElement(
        _ template: ReplyTemplate, scope: ItemScope?, isFirst: inout Bool, to buffer: inout ByteBuffer
    ) {
        let mark = buffer.writerIndex
        if !isFirst { buffer.writeInteger(UInt8(ascii: ",")) }
        if write(template, scope: scope, to: &buffer) { isFirst = false } else { buffer.moveWriterIndex(to: mark) }
    }

    /// Writes a value; false where there is none.
    private func write(_ located: Located, to buffer: inout ByteBuffer) -> Bool {
        switch located {
        case .absent: return false
        case .null: buffer.writeStaticString("null")
        case .node(let part, let node): part.write(node, to: &buffer)
        case .text(let text, let isBare):
            if isBare { buffer.writeBytes(text) } else { Self.write(string: text, to: &buffer) }
        case .integer(let number): buffer.writeString(String(number))
        case .results(let step):
            buffer.writeInteger(UInt8(ascii: "["))
            var isFirst = true
            for slot in states[step].replies.indices {
                let mark = buffer.writerIndex
                if !isFirst { buffer.writeInteger(UInt8(ascii: ",")) }
                if write(result(step, slot: slot, []), to: &buffer) {
                    isFirst = false
                } else {
                    buffer.moveWriterIndex(to: mark)
                }
            }
            buffer.writeInteger(UInt8(ascii: "]"))
        }
        return true
    }

    /// Writes a text as a JSON string.
    static func write(string text: [UInt8], to buffer: inout ByteBuffer) {
        var writer = JSONWriter()
        text.withUnsafeBytes { writer.string($0) }
        buffer.writeBytes(writer.bytes)
    }

    /// Whether a value is null.
    private static func isNull(_ located: Located) -> Bool {
        switch located {
        case .null: true
        case .node(let part, let node): part.kind(of: node) == .null
        default: false
        }
    }

    // MARK: Conditions

    /// A value that can be compared.
    private enum Scalar: Equatable { case absent, null, truth(Bool), number(Double), text([UInt8]), other }

    /// Whether a condition holds.
    func holds(_ condition: Condition, scope: ItemScope?) -> Bool {
        switch condition {
        case .exists(let reference):
            if case .absent = scalar(locate(reference, scope: scope)) { return false }
            return true
        case .not(let inner): return !holds(inner, scope: scope)
        case .all(let left, let right): return holds(left, scope: scope) && holds(right, scope: scope)
        case .any(let left, let right): return holds(left, scope: scope) || holds(right, scope: scope)
        case .compares(let left, let comparison, let right):
            return Self.compare(scalar(left, scope), comparison, scalar(right, scope))
        }
    }

    private func scalar(_ operand: Condition.Operand, _ scope: ItemScope?) -> Scalar {
        switch operand {
        case .reference(let reference): scalar(locate(reference, scope: scope))
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .truth(let truth): .truth(truth)
        case .null: .null
        }
    }

    private func scalar(_ located: Located) -> Scalar {
        switch located {
        case .absent: return .absent
        case .null: return .null
        case .integer(let number): return .number(Double(number))
        case .results: return .other
        case .text(let text, let isBare):
            guard isBare else { return .text(text) }
            let word = String(decoding: text, as: UTF8.self)
            return Double(word).map { .number($0) } ?? .truth(word == "true")
        case .node(let part, let node):
            switch part.kind(of: node) {
            case .null: return .null
            case .true: return .truth(true)
            case .false: return .truth(false)
            case .string: return .text(part.text(of: node))
            case .number:
                return Double(String(decoding: part.text(of: node), as: UTF8.self)).map { .number($0) } ?? .other
            case .array, .object: return .other
            }
        }
    }

    /// Compares by code point and by number; values of different types are never equal and never in order.
    private static func compare(_ left: Scalar, _ comparison: Condition.Comparison, _ right: Scalar) -> Bool {
        switch comparison {
        case .equal: return left == right && left != .absent && left != .other
        case .notEqual: return left != right
        default: break
        }
        let order: Int
        switch (left, right) {
        case (.number(let one), .number(let two)): order = one < two ? -1 : one > two ? 1 : 0
        case (.text(let one), .text(let two)):
            order = one.lexicographicallyPrecedes(two) ? -1 : one == two ? 0 : 1
        default: return false
        }
        switch comparison {
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        default: return order >= 0
        }
    }
}
