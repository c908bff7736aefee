import JSONDocuments

/// The variables of a server fit its URL, and every URL that they make is one.
struct ServerVariables: LintRule {
    static let profile = RuleProfile(
        id: "oas3-server-variables",
        summary: "Each variable of a server's `url` is described, used and has a sensible default.",
        why: "Clients put the values in without asking; an address that cannot be made is an outage for them.",
        category: .servers, severity: .error, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            servers:
              - url: https://{region}.pets.example
                variables: {region: {default: eu, enum: [eu, us]}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            servers:
              - url: https://{region}.pets.example
                variables: {region: {enum: [eu, us]}}
            """)

    static let interests: [NodeInterest] = [.having("url", in: .server)]

    /// Bad addresses after which no more are made.
    private static let limit = 5
    /// Combinations of values after which no more are tried.
    private static let mostCombinations = 1000

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let url = node["url"], let text = url.string else { return }
        let used = Self.names(in: text)
        let variables = node["variables"]
        guard !used.isEmpty || variables != nil else { return }
        let defined = variables.map { Array($0.members) } ?? []
        for member in defined where !used.contains(member.name) {
            context.report(
                "Server's \"variables\" object has unused defined \"\(member.name)\" url variable.",
                at: member.value)
        }
        let missing = used.filter { name in !defined.contains { $0.name == name } }
        if !missing.isEmpty {
            context.report(
                "Not all server's variables are described with \"variables\" object. Missed: "
                    + missing.joined(separator: ", ") + ".", at: variables ?? url)
        }
        let relevant = defined.filter { used.contains($0.name) }
        for member in relevant { checkDefault(member, context) }
        if let variables, missing.isEmpty { checkAddresses(text, relevant, at: variables, context) }
    }

    /// A variable has a default, which is one of its values.
    private func checkDefault(_ variable: JSONMember, _ context: LintContext) {
        let values = variable.value["enum"]
        if let values, values.kind == .array, values.count == 0 {
            context.report("Server Variable \"\(variable.name)\" has an empty \"enum\".", at: values)
        }
        guard let standard = variable.value["default"] else {
            context.report("Server Variable \"\(variable.name)\" has a missing default.", at: variable.value)
            return
        }
        guard let values, values.count > 0, !values.elements.contains(where: { $0.structurallyEquals(standard) }) else {
            return
        }
        context.report(
            "Server Variable \"\(variable.name)\" has a default not listed in the enum.", at: standard)
    }

    /// Every combination of values makes an address.
    private func checkAddresses(
        _ url: String, _ variables: [JSONMember], at place: JSONValue, _ context: LintContext
    ) {
        guard !variables.isEmpty else { return }
        let choices = variables.map { variable -> [String] in
            let listed = variable.value["enum"].map { $0.elements.compactMap(\.string) } ?? []
            return listed.isEmpty ? [variable.value["default"]?.string ?? ""] : listed
        }
        var bad: [String] = []
        var digits = [Int](repeating: 0, count: choices.count)
        for _ in 0..<Self.mostCombinations {
            let values = zip(choices, digits).map { $0[$1] }
            let address = ServerAddress.substitute(
                url,
                Dictionary(
                    zip(variables.map(\.name), values), uniquingKeysWith: { first, _ in first }))
            if !ServerAddress.isValid(address) { bad.append(address) }
            if bad.count == Self.limit || !Self.advance(&digits, choices) { break }
        }
        guard !bad.isEmpty else { return }
        let list = bad.joined(separator: ", ")
        context.report(
            bad.count == Self.limit
                ? "At least \(Self.limit) substitutions of server variables resulted in invalid URLs: \(list) and more"
                : "A few substitutions of server variables resulted in invalid URLs: \(list)", at: place)
    }

    /// Counts on to the next combination; false after the last one.
    private static func advance(_ digits: inout [Int], _ choices: [[String]]) -> Bool {
        for place in digits.indices.reversed() {
            digits[place] += 1
            if digits[place] < choices[place].count { return true }
            digits[place] = 0
        }
        return false
    }

    /// The names between braces, each once.
    private static func names(in url: String) -> [String] {
        var names: [String] = []
        for piece in url.split(separator: "{", omittingEmptySubsequences: false).dropFirst() {
            guard let close = piece.firstIndex(of: "}") else { continue }
            let name = String(piece[..<close])
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}
