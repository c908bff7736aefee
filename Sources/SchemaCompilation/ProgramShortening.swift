import JSONDocuments
import SchemaEvaluation

/// What is done to a program after all its schemas are compiled.
extension SchemaCompiler {
    /// Gives schemas that only refer to another one the header of that other one: a `$ref` costs nothing.
    mutating func shortenReferences() {
        for schema in parts.headers.indices {
            var header = parts.headers[schema]
            var seen = 0
            while let target = onlyReference(of: header), seen < 64 {
                header = parts.headers[Int(target)]
                seen += 1
            }
            if seen > 0, seen < 64 { parts.headers[schema] = header }
        }
    }

    /// The schema that another one consists of, if it consists of a reference.
    private func onlyReference(of header: SchemaHeader) -> UInt32? {
        guard header.types == .all, !header.tracks, header.first == header.any, header.end == header.any + 1 else {
            return nil
        }
        let step = parts.instructions[Int(header.any)]
        return step.opcode == .apply ? step.a : nil
    }

    /// Reports schemas that lead back to themselves without a step into the value: no value could ever be decided.
    mutating func reportLoops() {
        var edges: [UInt32: [(target: UInt32, place: JSONValue)]] = [:]
        for edge in inPlace { edges[edge.from, default: []].append((edge.to, edge.place)) }
        // 1: on the way, 2: done.
        var states: [UInt32: Int] = [:]
        for start in edges.keys.sorted() where states[start] == nil {
            var way: [(schema: UInt32, next: Int)] = [(start, 0)]
            states[start] = 1
            while let last = way.last {
                let targets = edges[last.schema] ?? []
                guard last.next < targets.count else {
                    states[last.schema] = 2
                    way.removeLast()
                    continue
                }
                way[way.count - 1].next += 1
                let target = targets[last.next].target
                switch states[target] {
                case nil:
                    states[target] = 1
                    way.append((target, 0))
                case 1:
                    report(
                        "reference-loop", "this schema leads back to itself for the same value",
                        at: targets[last.next].place)
                default: break
                }
            }
        }
    }
}
