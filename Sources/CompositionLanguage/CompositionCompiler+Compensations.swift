import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// `compensate`: the call that undoes a step, made when a later one fails.
extension CompositionCompiler {
    /// The call that undoes a step; nil where there is none.
    mutating func compensation(of index: Int) -> PlannedStep? {
        let draft = drafts[index]
        let isSaga = drafts.contains { $0.value["compensate"] != nil }
        if isSaga, let target = draft.target, !isRead(target), draft.isFanOut || draft.value["optional"] != nil {
            report(
                "bad-compensation",
                "`\(draft.name)` changes something: where steps are undone, such a step is one call and required",
                at: draft.range)
        }
        guard let member = draft.value.members.first(where: { $0.name == "compensate" }) else { return nil }
        checkKeys(member.value, ["call", "with", "body", "accept", "timeout", "retry"], "`compensate`")
        if let target = draft.target, isRead(target) {
            report("bad-compensation", "`\(draft.name)` only reads: there is nothing to undo", at: member.key.range)
        }
        guard let target = target(member) else { return nil }
        var undoing = Draft(name: draft.name, range: member.key.range, value: member.value)
        readAnswers(&undoing, target, member)
        // A step that is undone has ended well: what it got is there, whatever its `when` says.
        let mayBeMissing = drafts[index].mayBeMissing
        drafts[index].mayBeMissing = false
        defer { drafts[index].mayBeMissing = mayBeMissing }
        let scope = Scope(undoes: index)
        let arguments = arguments(member.value["with"], target, undoing, scope)
        let body = body(member.value["body"], target, undoing, scope)
        return PlannedStep(
            name: draft.name, range: member.key.range, api: target.api, operation: target.operation,
            arguments: arguments, body: body, condition: nil, fanOut: nil, isOptional: false, fallback: .omit,
            accepted: undoing.accepted, acceptsSuccess: undoing.acceptsSuccess, statuses: [:],
            timeout: duration("timeout", in: member.value), retry: readRetry(member.value, target), validation: nil,
            dependencies: [], isFedByPath: false)
    }
}
