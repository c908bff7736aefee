import GatewaySettings
import OpenAPIDocuments
import Synchronization

/// What a load saw of the file system: everything that a change of would give another snapshot.
///
/// The record stands between the loaders and the system and notes each answer, failures too: a file that was missing and
/// appears is a change like any other. It also gives the answers again, so that a snapshot's documents can be looked at
/// once more when the files have long been overwritten.
package final class FileRecord: Sendable {
    /// A question to the file system.
    enum Question: Hashable, Sendable {
        /// The names of the settings files in a folder.
        case folder(String)
        /// The content of a file of the settings.
        case settings(String)
        /// Whether a path names a file that can be read.
        case presence(String)
        /// Where a path leads.
        case link(String)
        /// The content of a document.
        case document(String, limit: Int)
    }

    /// An answer, short enough to keep and compare.
    enum Answer: Hashable, Sendable {
        /// Names, or a path, or nothing.
        case names([String])
        /// Digest and size of a content.
        case content(String, size: Int)
        /// There or not.
        case presence(Bool)
        /// Not to be had.
        case failure
    }

    /// What has been noted.
    private struct Notes {
        var answers: [Question: Answer] = [:]
        var contents: [String: [UInt8]] = [:]
        var links: [String: String] = [:]
    }

    private let notes = Mutex(Notes())

    /// An empty record.
    package init() {}

    /// The answers so far.
    var answers: [Question: Answer] { notes.withLock { $0.answers } }

    // MARK: Asking

    /// An environment whose files are noted.
    package func noting(_ environment: SettingsEnvironment) -> SettingsEnvironment {
        var noted = environment
        noted.listFolder = { [self] path in
            let found = environment.listFolder(path)
            note(.folder(path), Self.answer(found))
            return found
        }
        noted.readFile = { [self] path in
            let found = environment.readFile(path)
            note(.settings(path), Self.answer(found))
            return found
        }
        noted.isReadable = { [self] path in
            let found = environment.isReadable(path)
            note(.presence(path), .presence(found))
            return found
        }
        return noted
    }

    /// Documents whose files are noted.
    package func noting(_ files: DocumentFiles) -> DocumentFiles {
        DocumentFiles(
            realPath: { [self] path in
                let found = files.realPath(path)
                note(.link(path), Self.answer(found))
                notes.withLock { $0.links[path] = found }
                return found
            },
            read: { [self] path, limit in
                let found = files.read(path, limit)
                note(.document(path, limit: limit), Self.answer(found))
                if case .success(let bytes) = found { notes.withLock { $0.contents[path] = bytes } }
                return found
            })
    }

    /// The documents as they were read.
    package var replay: DocumentFiles {
        DocumentFiles(
            realPath: { [self] path in notes.withLock { $0.links[path] } },
            read: { [self] path, limit in
                guard let bytes = notes.withLock({ $0.contents[path] }) else { return .failure(.missing) }
                return bytes.count > limit ? .failure(.tooLarge) : .success(bytes)
            })
    }

    private func note(_ question: Question, _ answer: Answer) { notes.withLock { $0.answers[question] = answer } }

    // MARK: Answers

    /// The answer to a listing: only files that are settings count.
    static func answer(_ found: Result<[String], SettingsFileError>) -> Answer {
        guard case .success(let names) = found else { return .failure }
        return .names(names.filter(SettingsLoader.isSettingsFile).sorted())
    }

    /// The answer to a reading.
    static func answer<Failure>(_ found: Result<[UInt8], Failure>) -> Answer {
        guard case .success(let bytes) = found else { return .failure }
        var digest = ContentDigest()
        digest.update(bytes)
        return .content(digest.text, size: bytes.count)
    }

    /// The answer to following a path.
    static func answer(_ found: String?) -> Answer { found.map { .names([$0]) } ?? .failure }
}
