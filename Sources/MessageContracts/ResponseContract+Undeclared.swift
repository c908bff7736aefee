import JSONDocuments
import SchemaEvaluation

/// What a response's content has beyond its description.
package enum UndeclaredContent: Sendable, Equatable {
    /// Nothing, or nothing is described that could be compared: content that is no JSON, or has no schema.
    case none
    /// Members that no applicable schema describes.
    ///
    /// - Parameters:
    ///   - count: How many; of each only itself, not what stands below it.
    ///   - rest: The content without them, otherwise byte for byte as it was.
    case members(count: Int, rest: [UInt8])
    /// The content breaks its schema, so that nobody can say which schemas apply.
    case unknown
    /// Nobody can say, and nothing can be taken out: the content is coded.
    case coded
}

/// Fields of responses that the document does not declare: what `validation.undeclaredFields` is about.
extension ResponseContract {
    /// Looks for members of JSON content that no applicable schema describes. An object about whose members no schema
    /// says anything is described as a whole.
    ///
    /// - Parameters:
    ///   - policy: What `bodyPolicy` said.
    ///   - content: The collected content.
    ///   - jsonDepth: Most containers inside one another; nil for the API's own limit.
    package func undeclared(
        _ policy: BodyPolicy, _ content: UnsafeRawBufferPointer, jsonDepth: Int? = nil,
        using workspace: inout ContractWorkspace
    ) -> UndeclaredContent {
        guard policy.action == .checked, case .json = policy.treatment, !content.isEmpty else { return .none }
        guard policy.codings.isEmpty else { return .coded }
        guard let entry = schema(of: policy) else { return .none }
        defer { workspace.trim() }
        do throws(JSONSyntaxError) {
            try workspace.tape.parse(content, limits: shared.limits(jsonDepth, size: .max).json)
        } catch {
            return .unknown
        }
        let view = workspace.tape.view
        guard let names = shared.response.undeclaredMembers(entry, view, using: &workspace.evaluation) else {
            return .unknown
        }
        return names.isEmpty ? .none : .members(count: names.count, rest: view.text(content, without: names))
    }
}

extension JSONView {
    /// The text without some members.
    ///
    /// - Parameters:
    ///   - source: The text that was parsed.
    ///   - names: Nodes of names, none inside another's value.
    fileprivate func text(_ source: UnsafeRawBufferPointer, without names: [Int]) -> [UInt8] {
        var rest: [UInt8] = []
        rest.reserveCapacity(source.count)
        var copied = 0
        for range in ranges(of: Set(names)).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            rest.append(contentsOf: source[copied..<range.lowerBound])
            copied = range.upperBound
        }
        rest.append(contentsOf: source[copied...])
        return rest
    }

    /// What has to go with each of some members so that JSON is left: the comma before it, or, where no member stays
    /// before it, the one after it. The ranges do not overlap.
    private func ranges(of names: Set<Int>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for object in 0..<count where nodes[object].kind == .object {
            var name = object + 1
            let end = Int(nodes[object].next)
            // Where the next range begins, once a member has stayed.
            var keptEnd: Int?
            while name < end {
                let value = name + 1
                let next = Int(nodes[value].next)
                let upper = Int(nodes[value].upper)
                if !names.contains(name) {
                    keptEnd = upper
                } else if let start = keptEnd {
                    ranges.append(start..<upper)
                    keptEnd = upper
                } else {
                    ranges.append(Int(nodes[name].lower)..<(next < end ? Int(nodes[next].lower) : upper))
                }
                name = next
            }
        }
        return ranges
    }
}
