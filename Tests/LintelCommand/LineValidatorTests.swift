import JSONDocuments
import LintelCommand
import Testing

@Suite("lintel validate --jsonl")
struct LineValidatorTests {
    /// What comes of some input.
    private struct Result {
        /// Everything that was written.
        var output = ""
        /// How many times something was written.
        var writes = 0
        /// Numbers of lines that were complained about.
        var complaints: [Int] = []
        /// What the validator counted.
        var tally = LineValidator.Tally()
    }

    /// Runs the schema `{"type": "integer"}` over input that comes in pieces of some size.
    private func run(_ input: String, pieces: Int) throws -> Result {
        let document = try JSONDocument(parsing: #"{"type": "integer"}"#)
        let schema = try #require(InstanceSchema.compile(document.root, .init()).schema)
        var validator = LineValidator(schema)
        let bytes = Array(input.utf8)
        var position = 0
        var result = Result()
        validator.run(
            read: { memory in
                let count = min(pieces, memory.count, bytes.count - position)
                memory.copyBytes(from: bytes[position..<(position + count)])
                position += count
                return count
            },
            write: { answers in
                result.output += String(decoding: answers, as: UTF8.self)
                result.writes += 1
            },
            complain: { line, _ in result.complaints.append(line) })
        result.tally = validator.tally
        return result
    }

    @Test("one answer a line, however the input is cut", arguments: [1, 2, 3, 7, 1_000])
    func pieces(size: Int) throws {
        let result = try run("1\n\"a\"\n 2 \r\n{\"a\":\n\n3", pieces: size)
        #expect(result.output == "true\nfalse\ntrue\nfalse\nfalse\ntrue\n")
        #expect(result.complaints == [4, 5])
        #expect(result.tally.valid == 3 && result.tally.invalid == 1 && result.tally.unreadable == 2)
    }

    @Test("without input there is no answer")
    func nothing() throws {
        #expect(try run("", pieces: 8).output == "")
        #expect(try run("", pieces: 8).tally.exitCode == 0)
    }

    @Test(
        "exit codes: 0 all valid, 1 some invalid, 2 some unreadable",
        arguments: [("1\n", 0), ("1\n[]\n", 1), ("1\n[\n", 2)])
    func exitCodes(input: String, code: Int32) throws {
        #expect(try run(input, pieces: 64).tally.exitCode == code)
    }

    @Test("every complete line is answered before more input is asked for")
    func promptness() throws {
        #expect(try run("1\n2\n3\n", pieces: 2).writes == 3)
        #expect(try run("1\n2\n3\n", pieces: 6).writes == 1)
    }

    @Test("lines longer than a block, and more lines than a block holds")
    func long() throws {
        let text = "\"" + String(repeating: "x", count: 3 << 20) + "\"\n1\n"
        #expect(try run(text, pieces: 1 << 16).output == "false\ntrue\n")
        #expect(try run(text, pieces: 1 << 30).output == "false\ntrue\n")
        // No piece ends where a line ends before a block is full.
        let many = try run(String(repeating: "1234567890\n", count: 700_000), pieces: 99_991)
        #expect(many.tally.valid == 700_000)
        #expect(many.output.utf8.count == 700_000 * 5)
    }
}
