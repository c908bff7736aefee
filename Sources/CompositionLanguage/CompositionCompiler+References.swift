import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// References: every name is looked up, every pointer walked over the schemas of the accepted responses.
extension CompositionCompiler {
    /// A reference with what is known of its value.
    struct Resolved {
        /// The reference in numbers.
        let reference: ValueReference
        /// What it is.
        let type: ValueType
        /// What the author wrote.
        let expression: Expression
    }

    /// Looks an expression up; nil where it leads nowhere, which is reported.
    mutating func resolve(_ text: String, at range: SourceRange, _ scope: Scope) -> Resolved? {
        let expression: Expression
        do throws(Expression.Fault) {
            expression = try Expression(text)
        } catch {
            report("bad-expression", error.message, at: range, suggestion: error.suggestion)
            return nil
        }
        guard let (root, start) = root(of: expression, at: range, scope) else { return nil }
        guard let type = walk(expression, from: start, at: range) else { return nil }
        let reference = ValueReference(root: root, pointer: expression.pointer.map(PointerToken.init))
        return Resolved(reference: reference, type: type, expression: expression)
    }

    /// Where an expression begins, and what is there.
    private mutating func root(
        of expression: Expression, at range: SourceRange, _ scope: Scope
    ) -> (ValueReference.Root, ValueType)? {
        switch expression.root {
        case .input(let name):
            guard let index = inputs.firstIndex(where: { $0.name == name }) else {
                report(
                    "unknown-input", "there is no input `\(name)`", at: range,
                    suggestion: NearestName.suggestion(among: inputs.map(\.name), to: name))
                return nil
            }
            return (.input(index), ValueType(shape(of: inputs[index]), isCertain: isCertain(inputs[index])))
        case .item:
            guard let item = scope.item else {
                let isBatch = scope.step.map { drafts[$0].batch != nil } ?? false
                report(
                    "no-item",
                    isBatch
                        ? "a batch asks for many elements at once: only its `key` can use `$item`"
                        : "`$item` stands for an element: use it inside `forEach` or `$each`", at: range)
                return nil
            }
            return (.item, ValueType(item))
        case .index:
            guard scope.item != nil else {
                report("no-item", "`$index` counts elements: use it inside `forEach` or `$each`", at: range)
                return nil
            }
            return (.index, ValueType(.integer))
        case .claim(let name): return claim(name, expression, at: range, scope)
        case .body(let name), .status(let name), .header(let name, _):
            guard let index = step(named: name, at: range, scope) else { return nil }
            return stepRoot(index, expression, at: range, scope)
        }
    }

    /// The step of a name, noted as used.
    private mutating func step(named name: String, at range: SourceRange, _ scope: Scope) -> Int? {
        guard let index = drafts.firstIndex(where: { $0.name == name }) else {
            report(
                "unknown-step", "there is no step `\(name)`", at: range,
                suggestion: NearestName.suggestion(among: drafts.map(\.name), to: name))
            return nil
        }
        if let undone = scope.undoes, index != undone, !drafts[undone].dependencies.contains(index) {
            report(
                "bad-compensation", "`\(name)` may not have ended when `\(drafts[undone].name)` is undone", at: range,
                suggestion: "use what the step itself got or needed")
            return nil
        }
        drafts[index].isUsed = true
        if let step = scope.step { drafts[step].dependencies.insert(index) }
        return drafts[index].target == nil ? nil : index
    }

    /// What a step gives.
    private mutating func stepRoot(
        _ index: Int, _ expression: Expression, at range: SourceRange, _ scope: Scope
    ) -> (ValueReference.Root, ValueType)? {
        let draft = drafts[index]
        switch expression.root {
        case .status:
            guard !draft.isFanOut else { break }
            return (.status(step: index), ValueType(.integer, isCertain: !draft.mayBeMissing, isDeclared: true))
        case .header(_, let name):
            guard !draft.isFanOut else { break }
            return (
                .header(step: index, name: Array(name.lowercased().utf8)),
                ValueType(.text, isCertain: false)
            )
        default:
            guard let content = draft.content else {
                reportNoContent(index, at: range)
                return nil
            }
            let isElement = draft.isFanOut && scope.array != nil && scope.array == draft.fanOutText
            if draft.isFanOut, !isElement {
                guard expression.pointer.isEmpty || PointerToken(expression.pointer[0]).place != nil else {
                    report(
                        "type-mismatch", "`$steps.\(draft.name).body` is the array of all results", at: range,
                        suggestion: "use it inside `$each` over \(draft.fanOutText ?? "the same array")")
                    return nil
                }
                return (
                    .body(step: index, isElement: false),
                    withFallback(
                        ValueType(.array(content.shape), isCertain: !draft.mayBeMissing, isDeclared: true), draft)
                )
            }
            let isMissing = draft.mayBeMissing || isElement && draft.elementsMayBeMissing
            return (
                .body(step: index, isElement: isElement),
                ValueType(content.shape, isCertain: !isMissing && content.isCertain, isDeclared: content.isCertain)
            )
        }
        report("type-mismatch", "the step `\(draft.name)` makes many calls: only `.body` can be used", at: range)
        return nil
    }

    /// All results of a fan-out, each of which may be the fallback.
    private func withFallback(_ type: ValueType, _ draft: Draft) -> ValueType {
        guard draft.elementsMayBeMissing, case .array(let element) = type.shape else { return type }
        var type = type
        switch draft.fallback {
        case .omit: break
        case .null: type.shape = .array(.either([element, .null]))
        case .value(let document): type.shape = .array(.either([element, .constant(document.root)]))
        }
        return type
    }

    /// Reports a reference to content that never comes.
    private mutating func reportNoContent(_ index: Int, at range: SourceRange) {
        guard let target = drafts[index].target else { return }
        let operation = operation(target)
        report(
            "no-content", "`\(drafts[index].name)` has no body: \(operation.name) answers without JSON content",
            at: range, note: ("the operation", operation.range))
    }

    /// Walks the pointer of an expression. The fallback of a failed step is one more thing that the value may be.
    private mutating func walk(_ expression: Expression, from start: ValueType, at range: SourceRange) -> ValueType? {
        var type = start
        var walked = ""
        for token in expression.pointer {
            switch walker.member(token, of: type.shape) {
            case .found(let shape, let isCertain):
                type.shape = shape
                type.isCertain = type.isCertain && isCertain
                type.isDeclared = type.isDeclared && isCertain
            case .missing(let place, let names):
                reportUnknownField(token, walked, expression, place, names, type, at: range)
                return nil
            }
            walked += "/" + JSONPointer.escaped(token)
        }
        guard case .body(let name) = expression.root, let draft = drafts.first(where: { $0.name == name }),
            draft.mayBeMissing || draft.elementsMayBeMissing, !type.isCertain
        else { return type }
        switch draft.fallback {
        case .omit: return type
        case .null:
            // The part is null as a whole, and so is everything in it.
            type.shape = .either([type.shape, .null])
            type.isCertain = type.isDeclared
        case .value(let document):
            guard let value = document.root.value(at: JSONPointer(tokens: expression.pointer)) else {
                type.isCertain = false
                return type
            }
            type.shape = .either([type.shape, .constant(value)])
            type.isCertain = type.isDeclared
        }
        return type
    }

    /// The headline check: the schema cannot have that field.
    private mutating func reportUnknownField(
        _ token: String, _ walked: String, _ expression: Expression, _ place: JSONValue?, _ names: [String],
        _ type: ValueType, at range: SourceRange
    ) {
        let types = walker.types(of: type.shape)
        let whole = walked.isEmpty ? "the content" : "`\(walked)`"
        let near = NearestName.among(names, to: token)
        let from = place ?? walker.place(of: type.shape)
        guard types.contains(.object) || types.contains(.array) && PointerToken(token).place != nil else {
            report(
                "unknown-field", "`\(expression.text)`: \(whole) is \(types.words) and has no field `\(token)`",
                at: range, note: from.map { ("the schema", $0.range) })
            return
        }
        report(
            "unknown-field", "`\(expression.text)`: \(whole) has no field `\(token)`", at: range,
            suggestion: near.map { "did you mean \"\($0)\"?" },
            note: from.map { place in
                let nearest = near.flatMap { place[$0] }?.keyRange
                return ("the fields are declared here", nearest ?? place.keyRange ?? place.range)
            })
    }

    // MARK: Texts

    /// A text that may hold expressions: as a template, with what is known of it.
    mutating func text(_ text: String, at range: SourceRange, _ scope: Scope) -> (TextTemplate, ValueType)? {
        if text.hasPrefix("$") {
            guard let resolved = resolve(text, at: range, scope) else { return nil }
            return (TextTemplate(pieces: [.value(resolved.reference)]), allowing(resolved, at: range))
        }
        guard let pieces = InterpolatedText.pieces(of: text) else {
            return (TextTemplate(pieces: [.text(Array(text.utf8))]), ValueType(.text))
        }
        var built: [TextTemplate.Piece] = []
        var isCertain = true
        for piece in pieces {
            switch piece {
            case .text(let text): built.append(.text(Array(text.utf8)))
            case .expression(let text):
                guard let resolved = resolve(text, at: range, scope) else { return nil }
                let type = allowing(resolved, at: range)
                let types = walker.types(of: type.shape)
                if types.isSubset(of: [.array, .object]) {
                    report("type-mismatch", "`\(text)` is \(types.words): only scalars fit into a text", at: range)
                }
                isCertain = isCertain && type.isCertain && types.isDisjoint(with: [.array, .object, .null])
                built.append(.value(resolved.reference))
            }
        }
        return (TextTemplate(pieces: built), ValueType(.text, isCertain: isCertain, isDeclared: true))
    }

    /// The type of a reference; reports a value that may be absent by its schema where the author does not say so.
    mutating func allowing(_ resolved: Resolved, at range: SourceRange) -> ValueType {
        if !resolved.type.isDeclared, !resolved.expression.mayBeAbsent {
            report(
                "maybe-absent", "`\(resolved.expression.text)` may be absent", at: range,
                suggestion: "write `\(resolved.expression.text)?` to leave it out then",
                note: walker.place(of: resolved.type.shape).map {
                    ("declared here, and not required", $0.keyRange ?? $0.range)
                })
        }
        return resolved.type
    }
}
