import ArgumentParser
import Glibc
import JSONDocuments
import SourceDiagnostics
import YAMLDocuments

/// `lintel validate`: instances against a schema, recorded messages against an operation, by the gateway's own engine.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Validate instances against a schema, or a recorded HTTP message against an operation.",
        discussion: """
            Prints every violation as file:line:column with a JSON Pointer and a message. Exit code 0: all are valid;
            1: some are not; 2: something could not be read or compiled.

            EXAMPLES
              lintel validate --schema product.schema.json product.json more/*.yaml
              lintel validate --schema api.yaml#/components/schemas/Product product.json
              lintel validate --schema s.json --dialect draft7 --remotes http://localhost:1234=remotes --jsonl < lines
              lintel validate --spec specs/orders.yaml --operation createOrder --request request.http
            """)

    @Option(help: "The schema: a JSON or YAML file, with #/json/pointer for a schema inside it.")
    var schema: String?

    @Option(help: "The language of schemas without $schema. Default: what the document says, else 2020-12.")
    var dialect: DialectName?

    @Option(help: ArgumentHelp("Register the files under DIR under a URI. May be repeated.", valueName: "URI=DIR"))
    var remotes: [String] = []

    @Flag(inversion: .prefixedNo, help: "Assert formats, or take them as annotations.")
    var formats = true

    @Flag(help: "Read one JSON instance per line from standard input, print one true or false per line.")
    var jsonl = false

    @Option(help: "The OpenAPI document to validate a recorded message with.")
    var spec: String?

    @Option(help: "The operation: its operationId, or 'METHOD /path'.")
    var operation: String?

    @Option(help: "A recorded request: message/http text; - reads standard input.")
    var request: String?

    @Option(help: "A recorded response to the operation.")
    var response: String?

    @Option(help: "The prefix under which the request was recorded.")
    var mount = "/"

    @Argument(help: "Instances, JSON or YAML; - reads standard input.")
    var instances: [String] = []

    func validate() throws {
        if spec != nil {
            guard schema == nil, !jsonl, instances.isEmpty, dialect == nil, remotes.isEmpty, formats else {
                throw ValidationError("--spec goes with --operation, --request and --response only")
            }
            guard operation != nil else { throw ValidationError("--spec needs --operation") }
            guard request != nil || response != nil else {
                throw ValidationError("--spec needs --request or --response")
            }
            return
        }
        guard schema != nil else { throw ValidationError("either --schema or --spec is needed") }
        guard operation == nil, request == nil, response == nil else {
            throw ValidationError("--operation, --request and --response go with --spec")
        }
        guard jsonl != !instances.isEmpty else {
            throw ValidationError(
                jsonl ? "--jsonl reads standard input, it takes no INSTANCE" : "an INSTANCE is needed, or --jsonl")
        }
    }

    func run() throws {
        if let spec { return try checkMessages(spec) }
        guard let path = schema else { return }
        let folders = try remotes.map { text in
            guard let folder = RemoteFolder(text) else {
                throw ValidationError("--remotes takes URI=DIR with a folder that exists, not \(text)")
            }
            return folder
        }
        let choices = InstanceSchema.Choices(
            dialect: dialect?.dialect, remotes: folders, assertsFormats: formats)
        let (compiled, diagnostics) = InstanceSchema.load(path, choices)
        guard let compiled else {
            Terminal.output.write(diagnostics)
            Terminal.error.write("lintel: the schema \(path) cannot be used")
            throw ExitCode(2)
        }
        Terminal.error.write(diagnostics)
        let code = jsonl ? checkLines(compiled) : checkFiles(compiled)
        if code != 0 { throw ExitCode(code) }
    }

    /// One instance a file.
    private func checkFiles(_ schema: InstanceSchema) -> Int32 {
        var valid = 0
        var invalid = 0
        var unreadable = 0
        for path in instances {
            do {
                switch DocumentParser.parse(try CommandInput.file(path)) {
                case .failure(let rejection):
                    Terminal.output.write(rejection.diagnostics)
                    unreadable += 1
                case .success(let instance):
                    let found = schema.diagnostics(for: instance)
                    Terminal.output.write(found)
                    if found.isEmpty { valid += 1 } else { invalid += 1 }
                }
            } catch {
                Terminal.error.write("lintel: \(error.message)")
                unreadable += 1
            }
        }
        Terminal.error.write(
            "\(valid) valid, \(invalid) invalid" + (unreadable > 0 ? ", \(unreadable) unreadable" : ""))
        return unreadable > 0 ? 2 : invalid > 0 ? 1 : 0
    }

    /// One instance a line.
    private func checkLines(_ schema: InstanceSchema) -> Int32 {
        var validator = LineValidator(schema)
        var complaints = 0
        validator.run(
            read: { memory in
                while true {
                    let count = read(STDIN_FILENO, memory.baseAddress, memory.count)
                    if count >= 0 || errno != EINTR { return count }
                }
            },
            write: { Terminal.output.write(bytes: $0) },
            complain: { line, error in
                complaints += 1
                if complaints <= 20 { Terminal.error.write("<stdin>:\(line):\(error.offset + 1): \(error.message)") }
            })
        return validator.tally.exitCode
    }

    /// Recorded messages.
    private func checkMessages(_ spec: String) throws {
        let (check, diagnostics) = MessageCheck.load(spec, operation: operation ?? "", mount: mount)
        guard let check else {
            Terminal.output.write(diagnostics)
            throw ExitCode(2)
        }
        Terminal.error.write(diagnostics)
        var found: [Diagnostic] = []
        do {
            if let request { found += try check.checkRequest(try CommandInput.file(request)) }
            if let response { found += try check.checkResponse(try CommandInput.file(response)) }
        } catch let failure as RecordedMessageFile.Failure {
            Terminal.output.write([failure.diagnostic])
            throw ExitCode(2)
        } catch let failure as CommandInput.Failure {
            Terminal.error.write("lintel: \(failure.message)")
            throw ExitCode(2)
        }
        Terminal.output.write(found)
        if !found.isEmpty { throw ExitCode(1) }
    }
}

extension Terminal {
    /// Writes bytes as they are.
    func write(bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                offset += count
            }
        }
    }
}
