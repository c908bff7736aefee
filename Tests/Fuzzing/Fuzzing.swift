import Glibc

/// The executable of `make fuzz`: gives libFuzzer's inputs to the target that `LINTEL_FUZZ_TARGET` names.
///
/// libFuzzer owns `main` and the command line, and starts itself anew for some of its modes; only the environment
/// reaches all of them.
enum Fuzzing {
    /// Every target.
    private static var targets: [any FuzzTarget.Type] {
        [
            JSONTarget.self, YAMLTarget.self, OpenAPITarget.self, HeadTarget.self, ParametersTarget.self,
            BodyTarget.self, PatternTarget.self, SchemaTarget.self, EvaluationTarget.self, FormatTarget.self,
            SettingsTarget.self, CredentialsTarget.self, TelemetryTarget.self,
        ]
    }

    /// The target of this process.
    static let target: any FuzzTarget = {
        let wanted = getenv("LINTEL_FUZZ_TARGET").map { String(cString: $0) }
        if let target = targets.first(where: { $0.name == wanted }) { return target.init() }
        print("the targets are: " + targets.map { $0.name }.joined(separator: " "))
        exit(2)
    }()
}

/// What libFuzzer calls once, before it reads its options.
@c(LLVMFuzzerInitialize)
func prepareFuzzing(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>>
) -> CInt {
    _ = Fuzzing.target
    return 0
}

/// What libFuzzer calls with each input.
@c(LLVMFuzzerTestOneInput)
func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    Fuzzing.target.run(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
}
