import Glibc

/// What a program writes to standard output.
enum ProgramOutput {
    /// Why there is none.
    struct Failure: Error {
        /// The sentence for the terminal.
        let message: String
    }

    /// Runs a program, which is looked up in PATH, and waits for its end.
    ///
    /// - Parameters:
    ///   - arguments: The program and its arguments; no shell reads them.
    ///   - limit: The most bytes that are taken.
    /// - Returns: What it wrote.
    /// - Throws: `Failure` where it cannot be started, fails, or writes more; with what it wrote to standard error.
    static func of(_ arguments: [String], limit: Int = 256 << 20) throws(Failure) -> [UInt8] {
        let program = arguments.first ?? ""
        guard let output = privatePipe() else { throw failure(program) }
        guard let complaints = privatePipe() else {
            output.forEach { close($0) }
            throw failure(program)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, complaints[1], STDERR_FILENO)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let code = posix_spawnp(&process, program, &actions, nil, &words, environ)
        close(output[1])
        close(complaints[1])
        defer {
            close(output[0])
            close(complaints[0])
        }
        guard code == 0 else { throw Failure(message: "\(program): \(String(cString: strerror(code)))") }
        // Both are read as they come: a full pipe would hold the program.
        let read = drain(output[0], complaints[0], limit: limit)
        if read.isTooLong { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard !read.isTooLong else { throw Failure(message: "\(program): it writes more than \(limit) bytes") }
        guard status == 0 else {
            let text = String(decoding: read.complaints, as: UTF8.self).split(separator: "\n").first.map(String.init)
            throw Failure(message: text ?? "\(program) failed")
        }
        return read.output
    }

    /// The ends of a pipe that other programs do not get.
    private static func privatePipe() -> [Int32]? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return ends
    }

    /// Reads two pipes to their ends.
    private static func drain(
        _ output: Int32, _ complaints: Int32, limit: Int
    ) -> (output: [UInt8], complaints: [UInt8], isTooLong: Bool) {
        var read: [[UInt8]] = [[], []]
        var waits = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: complaints, events: Int16(POLLIN), revents: 0),
        ]
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while waits.contains(where: { $0.fd >= 0 }) {
            guard poll(&waits, nfds_t(waits.count), -1) >= 0 || errno == EINTR else { break }
            for place in waits.indices where waits[place].fd >= 0 && waits[place].revents != 0 {
                let count = Glibc.read(waits[place].fd, &block, block.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    waits[place].fd = -1
                    continue
                }
                if place == 0 || read[place].count < 4_096 { read[place] += block[..<count] }
                if read[0].count > limit { return (read[0], read[1], true) }
            }
        }
        return (read[0], read[1], false)
    }

    /// The system's reason.
    private static func failure(_ program: String) -> Failure {
        Failure(message: "\(program): \(String(cString: strerror(errno)))")
    }
}
