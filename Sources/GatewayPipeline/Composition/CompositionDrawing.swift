import CompositionLanguage

/// A composition's plan as a picture (SVG): stages from left to right, a box for each step, an arrow for each dependency.
///
/// It is drawn on white with dark lines, so that it can be read on a page of either colour.
struct CompositionDrawing {
    private static let (width, height, gapX, gapY, margin) = (210, 62, 64, 22, 20)

    /// The picture.
    static func svg(_ route: CompositionRoute) -> String {
        let plan = route.plan
        let rows = plan.stages.map(\.count).max() ?? 1
        let columns = plan.stages.count
        let (pictureWidth, pictureHeight) = (
            margin * 2 + columns * width + (columns - 1) * gapX, margin * 2 + 26 + rows * (height + gapY)
        )
        var places: [Int: (x: Int, y: Int)] = [:]
        for (column, stage) in plan.stages.enumerated() {
            let top = margin + 26 + (rows - stage.count) * (height + gapY) / 2
            for (row, step) in stage.enumerated() {
                places[step] = (margin + column * (width + gapX), top + row * (height + gapY))
            }
        }
        var svg = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(pictureWidth)" height="\(pictureHeight)" viewBox="0 0 \(pictureWidth) \(pictureHeight)" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="The plan of \(escaped(plan.name))">
            <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#556"/></marker></defs>
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="\(margin)" y="\(margin + 8)" font-weight="600" fill="#223">\(plan.method) \(escaped(plan.path))</text>

            """
        for (index, step) in plan.steps.enumerated() {
            guard let end = places[index] else { continue }
            // An arrow that another way implies tells nothing.
            for dependency in step.dependencies where !isImplied(dependency, of: index, plan) {
                guard let start = places[dependency] else { continue }
                let (x1, y1, x2, y2) = (start.x + width, start.y + height / 2, end.x, end.y + height / 2)
                let bend = (x2 - x1) / 2
                svg +=
                    "<path d=\"M\(x1) \(y1)C\(x1 + bend) \(y1) \(x2 - bend) \(y2) \(x2) \(y2)\" fill=\"none\" stroke=\"#556\" stroke-width=\"1.5\" marker-end=\"url(#tip)\"/>\n"
            }
        }
        for (index, step) in plan.steps.enumerated() {
            guard let place = places[index] else { continue }
            svg += box(step, route, index, place)
        }
        return svg + "</svg>\n"
    }

    /// Whether a step waits for another one anyway, because something else that it waits for does.
    private static func isImplied(_ dependency: Int, of index: Int, _ plan: CompositionPlan) -> Bool {
        plan.steps[index].dependencies.contains { $0 != dependency && reaches(dependency, from: $0, plan) }
    }

    private static func reaches(_ target: Int, from index: Int, _ plan: CompositionPlan) -> Bool {
        plan.steps[index].dependencies.contains { $0 == target || reaches(target, from: $0, plan) }
    }

    /// A step: its name, what it calls, and what is special about it.
    private static func box(
        _ step: PlannedStep, _ route: CompositionRoute, _ index: Int, _ place: (x: Int, y: Int)
    ) -> String {
        let row = route.callees[index]
        var words: [String] = []
        if let fanOut = step.fanOut {
            words.append(fanOut.batch.map { "\($0.size) at once" } ?? "each, \(fanOut.concurrency) at a time")
        }
        if step.isOptional { words.append("optional") }
        if step.condition != nil { words.append("on a condition") }
        if let undoing = route.compensations[index]?.row { words.append("undone by \(undoing.operation)") }
        if let timeout = step.timeout { words.append("\(timeout / 1_000_000) ms") }
        let isRead = row.method == "GET" || row.method == "HEAD"
        let dash = step.isOptional || step.condition != nil ? " stroke-dasharray=\"5 4\"" : ""
        let shadow =
            step.fanOut == nil
            ? ""
            : "<rect x=\"\(place.x + 5)\" y=\"\(place.y + 5)\" width=\"\(width)\" height=\"\(height)\" rx=\"7\" fill=\"#fff\" stroke=\"#99a\"/>\n"
        return shadow
            + """
            <rect x="\(place.x)" y="\(place.y)" width="\(width)" height="\(height)" rx="7" fill="\(isRead ? "#eef4fb" : "#fdf1e4")" stroke="\(isRead ? "#3a6ea5" : "#b5651d")" stroke-width="1.5"\(dash)/>
            <text x="\(place.x + 12)" y="\(place.y + 20)" font-weight="600" fill="#223">\(escaped(step.name))</text>
            <text x="\(place.x + 12)" y="\(place.y + 36)" fill="#445">\(escaped("\(row.api).\(row.operation)"))</text>
            <text x="\(place.x + 12)" y="\(place.y + 52)" font-size="11" fill="#667">\(escaped(words.joined(separator: " · ")))</text>

            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "\"", with: "&quot;")
    }
}
