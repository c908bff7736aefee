import Glibc
import Synchronization

/// A program that a test starts: output in files, ended by signal, reaped, never left behind by a test that returns.
package final class ChildProcess: Sendable {
    /// The program could not be started.
    package struct Failure: Error, CustomStringConvertible {
        /// The program and the system's reason.
        package let description: String
    }

    /// The process id.
    package let id: pid_t
    private let folder: TemporaryFolder
    private let status = Mutex<Int32?>(nil)
    private let usage = Mutex(rusage())

    /// `posix_spawn_file_actions_addclosefrom_np` (glibc 2.34), which the Swift overlay does not show.
    private static let addCloseFrom:
        (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32)? =
            dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
                unsafeBitCast(
                    $0, to: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32).self)
            }

    /// Starts a program, which is looked up in PATH unless it is a path.
    ///
    /// - Parameters:
    ///   - arguments: the program and its arguments.
    ///   - environment: variables set on top of the test's own.
    package init(_ arguments: [String], environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder.file("output"), O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, folder.file("error"), O_WRONLY | O_CREAT | O_APPEND, 0o644)
        // Sockets of tests that run beside this one must not stay open in the child.
        _ = Self.addCloseFrom?(&actions, 3)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = Self.merged(environment).map { strdup($0) } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var process = pid_t()
        let result = posix_spawnp(&process, arguments.first ?? "", &actions, nil, &words, &variables)
        guard result == 0 else {
            throw Failure(description: "\(arguments.first ?? "?"): \(String(cString: strerror(result)))")
        }
        id = process
    }

    deinit {
        if exitCode == nil {
            kill(id, SIGKILL)
            _ = wait(within: 10)
        }
    }

    /// What the program has written to standard output.
    package var output: String { FileContent.text(folder.file("output")) }

    /// What the program has written to standard error.
    package var error: String { FileContent.text(folder.file("error")) }

    /// The exit code; 128 and the signal's number after a signal; nil while the program runs.
    package var exitCode: Int32? {
        status.withLock { known in
            if let known { return known }
            var raw: Int32 = 0
            var used = rusage()
            guard wait4(id, &raw, WNOHANG, &used) == id else { return nil }
            usage.withLock { $0 = used }
            known = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
            return known
        }
    }

    /// Sends a signal.
    package func send(_ signal: Int32) {
        status.withLock { known in
            if known == nil { _ = kill(id, signal) }
        }
    }

    /// Waits for the program's end; its exit code, or nil when it still runs after `seconds`.
    package func wait(within seconds: Double) -> Int32? {
        _ = Clock.poll(for: seconds) { exitCode != nil }
        return exitCode
    }

    /// Resident memory in KiB (VmRSS of proc(5)); nil once the program has ended.
    package var residentKiB: Int? {
        let text = FileContent.text("/proc/\(id)/status")
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }) else { return nil }
        return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
    }

    /// Waits for the program's end and gives the most memory that was resident at once, in KiB.
    ///
    /// `ru_maxrss` would not tell: it counts what the process had before it became the program, which is all that the tests
    /// have (getrusage(2)). `VmHWM` of proc(5) only grows, so that what was read last is the peak but for a millisecond.
    package func peakResidentKiB(within seconds: Double) -> Int {
        var peak = 0
        _ = Clock.poll(
            for: seconds,
            until: {
                let lines = FileContent.text("/proc/\(id)/status").split(separator: "\n")
                let line = lines.first { $0.hasPrefix("VmHWM:") }
                peak = max(peak, line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
                return exitCode != nil
            })
        return peak
    }

    /// Processor time that the program has taken, user and system, in seconds: what it costs, however busy the machine.
    package var processorSeconds: Double {
        if exitCode != nil {
            return usage.withLock { used in
                Double(used.ru_utime.tv_sec + used.ru_stime.tv_sec)
                    + Double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6
            }
        }
        // proc(5): fields 14 and 15 of stat, in ticks; the name in field 2 may hold spaces but ends with `)`.
        let fields = FileContent.text("/proc/\(id)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Runs a program to its end.
    ///
    /// - Returns: exit code, standard output, standard error.
    package static func run(
        _ arguments: [String], environment: [String: String] = [:], within seconds: Double = 60
    ) throws -> (code: Int32, output: String, error: String) {
        let process = try ChildProcess(arguments, environment: environment)
        guard let code = process.wait(within: seconds) else {
            throw Failure(description: "\(arguments.joined(separator: " ")) still runs after \(seconds) s")
        }
        return (code, process.output, process.error)
    }

    /// The test's own environment with `changes`, each `NAME=value`.
    private static func merged(_ changes: [String: String]) -> [String] {
        var variables: [String] = []
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            let name = text.prefix { $0 != "=" }
            if changes[String(name)] == nil { variables.append(text) }
            pointer += 1
        }
        return variables + changes.map { "\($0.key)=\($0.value)" }
    }
}
