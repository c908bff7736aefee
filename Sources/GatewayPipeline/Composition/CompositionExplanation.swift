import CompositionLanguage
import ResponseCaching

/// A composition's plan for people: stages, how many calls it can cost, how long the longest way may take.
enum CompositionExplanation {
    /// Label and text, line by line.
    static func lines(_ route: CompositionRoute) -> [(String, String)] {
        let plan = route.plan
        var lines: [(String, String)] = []
        for (number, stage) in plan.stages.enumerated() {
            lines.append(("stage \(number + 1)", stage.map { describe($0, route) }.joined(separator: "; ")))
        }
        let least = plan.steps.count { $0.condition == nil && $0.fanOut == nil && !$0.isOptional }
        let most = plan.steps.reduce(0) { $0 + ($1.fanOut.map { $0.calls(for: $0.limit) } ?? 1) }
        let width =
            plan.stages.map { stage in
                stage.reduce(0) {
                    $0 + (plan.steps[$1].fanOut.map { min($0.concurrency, $0.calls(for: $0.limit)) } ?? 1)
                }
            }.max() ?? 0
        lines.append(("calls", "at least \(least), at most \(most); at most \(width) at the same time"))
        lines.append(("longest way", criticalPath(route)))
        for (index, part) in route.partPlans.enumerated() {
            guard let part else { continue }
            lines.append(("stored part", describe(part, index, route)))
        }
        return lines
    }

    /// How a part is stored, in a few words.
    private static func describe(_ part: CachePlan, _ index: Int, _ route: CompositionRoute) -> String {
        let row = route.callees[index]
        let own = "\(row.api).\(row.operation)"
        let isShared = row.cache === part
        return "\(route.plan.steps[index].name): \(part.rules.words), under the client's Host and \(row.template), "
            + (isShared ? "together with what \(own) itself stores" : "by rules of its own, apart from \(own)")
    }

    /// How the whole is stored, in a few words.
    static func whole(_ plan: CachePlan) -> String {
        "the whole, \(plan.rules.words), never longer than its parts are fresh"
    }

    /// A step in a few words.
    private static func describe(_ index: Int, _ route: CompositionRoute) -> String {
        let step = route.plan.steps[index]
        let row = route.callees[index]
        var text = "\(step.name): \(row.api).\(row.operation)"
        if let fanOut = step.fanOut {
            text += " for each"
            if let batch = fanOut.batch { text += " \(batch.size) at once" }
            text += ", at most \(fanOut.limit), \(fanOut.concurrency) at a time"
        }
        if let undoing = route.compensations[index]?.row { text += ", undone by \(undoing.api).\(undoing.operation)" }
        if step.isOptional { text += ", optional" }
        if step.condition != nil { text += ", if its condition holds" }
        return text
    }

    /// The way through the steps that may take longest.
    private static func criticalPath(_ route: CompositionRoute) -> String {
        let plan = route.plan
        var ends: [Int: (time: Int64, path: [String])] = [:]
        for index in plan.stages.joined() {
            let step = plan.steps[index]
            let before = step.dependencies.compactMap { ends[$0] }.max { $0.time < $1.time } ?? (0, [])
            let own = step.timeout ?? route.callees[index].timeout.nanoseconds
            ends[index] = (before.time + own, before.path + ["\(step.name) \(own / 1_000_000)ms"])
        }
        // Of ways that take as long, the one that ends first in the file.
        let longest = ends.keys.sorted().compactMap { ends[$0] }.max { $0.time < $1.time }
        let limit = plan.timeout.map { ", cut off after \($0 / 1_000_000)ms" } ?? ""
        return (longest?.path.joined(separator: " -> ") ?? "none") + limit
    }
}

extension CacheRules {
    /// How long something is stored, in a few words.
    fileprivate var words: String {
        guard let lifetime else { return "as long as replies say" }
        let time = lifetime.isMultiple(of: 1000) ? "\(lifetime / 1000)s" : "\(lifetime)ms"
        return overrides ? "\(time) whatever replies say" : "\(time) where replies say nothing"
    }
}
