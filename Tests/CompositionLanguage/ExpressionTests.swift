import Testing

@testable import CompositionLanguage

@Suite("Expressions")
struct ExpressionTests {
    @Test("an expression is taken apart")
    func parts() throws {
        let expression = try Expression("$steps.order.body#/items/0/a~1b?")
        #expect(expression.root == .body("order"))
        #expect(expression.pointer == ["items", "0", "a/b"])
        #expect(expression.mayBeAbsent)
        #expect(try Expression("$steps.order.header.Location").root == .header("order", "Location"))
        #expect(try Expression("$item").pointer == [])
        #expect(try Expression("$claims.sub?").root == .claim("sub"))
    }

    @Test(
        "what is no expression is refused",
        arguments: [
            "$", "$input.a", "$inputs", "$inputs.a.b", "$steps.a", "$steps.a.bodies", "$item#x", "$item#/~2",
            "$index#/a",
            "$steps.a.status#/b", "$claims", "$claims.", "$claims.a.b", "$claims.sub#/a",
        ])
    func faults(text: String) {
        #expect(throws: Expression.Fault.self) { try Expression(text) }
    }

    @Test(
        "a condition that is none is refused",
        arguments: ["", "$item", "$item ==", "($item == 1", "$item == 1 x", "exists($item", "$item == 'a", "1 == foo"])
    func conditions(text: String) {
        #expect(throws: ConditionParser.Fault.self) {
            var parser = ConditionParser(text)
            _ = try parser.parse()
        }
    }

    @Test("a deeply nested condition is refused, not recursed into")
    func depth() {
        var parser = ConditionParser(String(repeating: "(", count: 100_000))
        #expect(throws: ConditionParser.Fault.self) { try parser.parse() }
    }
}
