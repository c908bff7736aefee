import JSONDocuments

/// `unreferencedReusableObject`: every member of an object, such as `#/components/schemas`, is referenced from somewhere
/// else.
struct UnreferencedFunction: RulesetFunction {
    static let name = "unreferencedReusableObject"

    init(_ options: FunctionOptions) throws(RulesetMistake) {
        try options.only("reusableObjectsLocation")
        let location = try options.required("reusableObjectsLocation")
        guard let text = location.string, text.hasPrefix("#"), JSONPointer(fragment: String(text.dropFirst())) != nil
        else {
            throw options.wrong("`reusableObjectsLocation` is a JSON Pointer such as #/components/schemas", location)
        }
    }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        guard let value = target.value, value.kind == .object else { return [] }
        var targets: Set<JSONValue> = []
        for number in scene.document.files.indices {
            for case (_, .target(let target)) in scene.document.references(ofFile: number) { targets.insert(target) }
        }
        return value.members.filter { member in
            let end = Int(member.value.node.next)
            return !targets.contains { target in
                target.document === value.document && target.index >= member.value.index && target.index < end
            }
        }.map { member in
            FunctionResult(
                wording: .sentence("Potential orphaned reusable object has been detected"), place: member.value,
                isName: true)
        }
    }
}
