import JSONDocuments
import SchemaEvaluation
import Testing

/// Programs made by hand, and the memory around them.
struct ProgramTests {
    /// A program with one object schema that declares so many names, the first of them required.
    static func closedObject(names: [String]) -> SchemaProgram {
        var parts = ProgramParts()
        parts.headers.append(SchemaHeader(types: .integer))
        for (number, name) in names.enumerated() {
            var name = name
            let required = number == 0 ? 0 : NameEntry.notRequired
            _ = name.withUTF8 { parts.add(name: UnsafeRawBufferPointer($0), schema: 0, required: required) }
        }
        var plan = ObjectPlan()
        plan.names = parts.makeTable(from: 0)
        plan.requiredCount = 1
        plan.isClosed = true
        parts.objects.append(plan)
        parts.instructions.append(Instruction(.object, a: 0, location: 0))
        var header = SchemaHeader(types: .object)
        header.any = 1
        header.end = 1
        header.isTypeOnly = false
        parts.headers.append(header)
        return SchemaProgram(parts)
    }

    /// The verdict of a program's second schema.
    static func verdict(
        _ program: SchemaProgram, _ text: String, _ workspace: inout EvaluationWorkspace
    ) throws -> Verdict {
        let document = try JSONDocument(parsing: text)
        return document.withView { program.accepts(SchemaEntry(index: 1), $0, using: &workspace) }
    }

    @Test("every name of a table is found, and no other", arguments: [1, 2, 7, 64, 500])
    func names(_ count: Int) throws {
        // Lengths from nothing to forty, alike at both ends from sixteen on.
        let names = (0..<count).map { number in
            number == 0 ? "" : "property" + String(repeating: "-", count: number % 23) + "\(number)" + "suffixes"
        }
        let program = Self.closedObject(names: names)
        var workspace = EvaluationWorkspace()
        for name in names {
            let members = name.isEmpty ? "\"\":1" : "\"\":1,\"\(name)\":2"
            #expect(try Self.verdict(program, "{\(members)}", &workspace) == .valid)
            #expect(try Self.verdict(program, "{\"\":1,\"\(name)x\":2}", &workspace) == .invalid)
            #expect(try Self.verdict(program, "{\"\":1,\"x\(name)\":2}", &workspace) == .invalid)
        }
        #expect(try Self.verdict(program, "{}", &workspace) == .invalid)
        #expect(try Self.verdict(program, "{\"\":1.5}", &workspace) == .invalid)
        #expect(try Self.verdict(program, "{\"\":1.0}", &workspace) == .valid)
    }

    @Test("long names that differ in the middle only are told apart")
    func middle() throws {
        let program = Self.closedObject(names: ["abcdefgh-1-ijklmnop", "abcdefgh-2-ijklmnop"])
        var workspace = EvaluationWorkspace()
        #expect(try Self.verdict(program, #"{"abcdefgh-1-ijklmnop":1,"abcdefgh-2-ijklmnop":1}"#, &workspace) == .valid)
        #expect(
            try Self.verdict(program, #"{"abcdefgh-1-ijklmnop":1,"abcdefgh-3-ijklmnop":1}"#, &workspace) == .invalid)
        #expect(try Self.verdict(program, #"{"abcdefgh-2-ijklmnop":1}"#, &workspace) == .invalid)
    }

    @Test("a kind's bit is its raw value, in memory as well")
    func kinds() {
        let kinds: [JSONKind] = [.null, .false, .true, .number, .string, .array, .object]
        for kind in kinds {
            for other in kinds { #expect(TypeSet(of: kind).admits(other) == (kind == other)) }
            #expect(TypeSet(of: kind).rawValue & 0x7F == 1 << kind.rawValue)
        }
    }

    @Test("rows are read as the module of the tape reads them")
    func rows() throws {
        var tape = JSONTape()
        let text = Array(#"{"a":"plain","b\u0021":"esc\naped","":"","n":[-1,1.5,1e2,true,null,"é\"",{}]}"#.utf8)
        try text.withUnsafeBytes { bytes in
            try tape.parse(bytes, limits: .traffic)
            let view = tape.view
            for index in 0..<view.count {
                let node = view[index]
                #expect(node.isDecoded == node.flags.contains(.decoded))
                #expect(node.isIntegerLiteral == node.flags.contains(.integerLiteral))
                #expect(view.content(of: index).elementsEqual(view.text(of: index)), "\(index)")
            }
        }
    }

    @Test("limits are those of the workspace")
    func limits() throws {
        let program = Self.closedObject(names: ["a"])
        var workspace = EvaluationWorkspace()
        workspace.limits = EvaluationLimits(depth: 0)
        #expect(try Self.verdict(program, #"{"a":1}"#, &workspace) == .undecided(.depth))
        workspace.limits = EvaluationLimits(baseSteps: 1, stepsPerNode: 0)
        #expect(try Self.verdict(program, #"{"a":1}"#, &workspace) == .undecided(.steps))
        workspace.limits = EvaluationLimits()
        #expect(try Self.verdict(program, #"{"a":1}"#, &workspace) == .valid)
    }
}
