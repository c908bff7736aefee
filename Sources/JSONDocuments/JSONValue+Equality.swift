extension JSONValue {
    /// Whether two values mean the same: numbers by value, strings by their bytes, objects without regard to order.
    ///
    /// This is the equality of `const`, `enum` and `uniqueItems` (JSON Schema core, section 4.2.2). An object with
    /// duplicate names is compared by the first of each.
    package func structurallyEquals(_ other: JSONValue) -> Bool {
        if self == other { return true }
        return document.withView { left in
            other.document.withView { right in
                Self.isEqual(self, left, other, right)
            }
        }
    }

    /// Compares with an explicit stack, so that nesting costs no call.
    private static func isEqual(
        _ left: JSONValue, _ leftView: JSONView, _ right: JSONValue, _ rightView: JSONView
    ) -> Bool {
        var pending = [(left.index, right.index)]
        while let (first, second) = pending.popLast() {
            let (one, two) = (leftView[first], rightView[second])
            guard one.kind == two.kind else { return false }
            switch one.kind {
            case .null, .true, .false:
                continue
            case .number:
                guard ExactNumber.compare(leftView.text(of: one), rightView.text(of: two)) == 0 else { return false }
            case .string:
                guard JSONView.isEqual(leftView.text(of: one), rightView.text(of: two)) else { return false }
            case .array:
                guard one.childCount == two.childCount else { return false }
                var (child, counterpart) = (first + 1, second + 1)
                while child < Int(one.next) {
                    pending.append((child, counterpart))
                    child = Int(leftView[child].next)
                    counterpart = Int(rightView[counterpart].next)
                }
            case .object:
                guard one.childCount == two.childCount else { return false }
                var name = first + 1
                while name < Int(one.next) {
                    guard let value = right.document.value(forKey: leftView.text(of: name), inObject: second)
                    else { return false }
                    pending.append((name + 1, value))
                    name = Int(leftView[name + 1].next)
                }
            }
        }
        return true
    }
}
