import GatewaySettings
import Glibc
import OpenAPIDocuments

/// Asks the file system again what a load asked, and tells whether the answers are the same.
///
/// Contents are compared, not times: a file that was written anew with the same bytes is no change. What the system says
/// about a file (size, times, inode) only spares reading it again, and only when its times lie far enough back: within
/// one tick of the system's clock a file can change twice.
struct FileWatch: Sendable {
    /// What the system says about a file without reading it.
    private struct Stamp: Equatable, Sendable {
        let device: UInt
        let inode: UInt
        let size: Int
        let written: Int64
        let changed: Int64

        /// What is said about the file at `path`; nil where there is none.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            written = Self.nanoseconds(status.st_mtim)
            changed = Self.nanoseconds(status.st_ctim)
        }

        private static func nanoseconds(_ time: timespec) -> Int64 {
            Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        }

        /// Whether nothing can have happened since that would leave the stamp as it is.
        func isSettled(at now: Int64) -> Bool { now - max(written, changed) > 2_000_000_000 }
    }

    /// An answer that need not be asked for again as long as its stamp is the same.
    private struct Known: Sendable {
        let stamp: Stamp
        let answer: FileRecord.Answer
    }

    private let environment: SettingsEnvironment
    private let documents: DocumentFiles
    private let now: @Sendable () -> Int64
    /// What the load saw.
    private var expected: [FileRecord.Question: FileRecord.Answer]
    private var known: [FileRecord.Question: Known] = [:]

    /// A watch over what a load saw.
    ///
    /// - Parameter now: nanoseconds since 1970.
    init(
        _ record: FileRecord, environment: SettingsEnvironment = .process, documents: DocumentFiles = .system,
        now: @escaping @Sendable () -> Int64
    ) {
        expected = record.answers
        self.environment = environment
        self.documents = documents
        self.now = now
    }

    /// Watches what another load saw.
    mutating func expect(_ record: FileRecord) {
        expected = record.answers
        known = known.filter { expected[$0.key] != nil }
    }

    /// Takes over what a copy has learnt; what to expect stays as it is.
    mutating func adopt(_ copy: FileWatch) { known = copy.known.filter { expected[$0.key] != nil } }

    /// The answers at this moment to what the load asked.
    mutating func look() -> [FileRecord.Question: FileRecord.Answer] {
        var answers: [FileRecord.Question: FileRecord.Answer] = [:]
        for question in expected.keys { answers[question] = answer(to: question) }
        return answers
    }

    /// Whether `answers` are those that the load had.
    func isAsExpected(_ answers: [FileRecord.Question: FileRecord.Answer]) -> Bool { answers == expected }

    private mutating func answer(to question: FileRecord.Question) -> FileRecord.Answer {
        switch question {
        case .folder(let path): return FileRecord.answer(environment.listFolder(path))
        case .presence(let path): return .presence(environment.isReadable(path))
        case .link(let path): return FileRecord.answer(documents.realPath(path))
        case .settings(let path):
            return content(at: path, question) { FileRecord.answer($0.environment.readFile(path)) }
        case .document(let path, let limit):
            return content(at: path, question) { FileRecord.answer($0.documents.read(path, limit)) }
        }
    }

    private mutating func content(
        at path: String, _ question: FileRecord.Question, _ read: (FileWatch) -> FileRecord.Answer
    ) -> FileRecord.Answer {
        let stamp = Stamp(path)
        if let stamp, let known = known[question], known.stamp == stamp { return known.answer }
        let moment = now()
        let answer = read(self)
        // The file may have changed while it was read: then its stamp has, too.
        known[question] = stamp.flatMap { stamp in
            stamp.isSettled(at: moment) && stamp == Stamp(path) ? Known(stamp: stamp, answer: answer) : nil
        }
        return answer
    }
}
