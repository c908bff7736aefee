import JSONDocuments
import SourceDiagnostics

/// How the last load ended, as the log and `/config` tell it.
package struct ReloadReport: Sendable {
    /// How a load ended.
    package enum Ending: String, Sendable {
        /// Its snapshot serves.
        case serving
        /// Something is wrong with the files, or an address cannot be had; the snapshot before goes on.
        case failed
        /// It breaks clients, and the settings refuse that; the snapshot before goes on.
        case refused
    }

    /// Most changes and mistakes that are listed; further ones are only counted.
    static let limit = 100

    /// How it ended.
    let ending: Ending
    /// When it ended, in seconds since 1970.
    let time: Double
    /// When the snapshot that serves was loaded, in seconds since 1970.
    let servingSince: Double
    /// What is wrong, a line each.
    var problems: [String] = []
    /// What has changed for clients, from the snapshot before to the one that was loaded.
    var changes: [Finding] = []
    /// Settings that have changed and take effect when the process starts anew.
    var needsRestart: [String] = []

    /// The report of the first load.
    package init(startedAt time: Double) {
        self.init(.serving, at: time, servingSince: time)
    }

    /// A report without particulars.
    init(_ ending: Ending, at time: Double, servingSince: Double) {
        self.ending = ending
        self.time = time
        self.servingSince = servingSince
    }

    /// Writes `{"ending", "time", "servingSince", "problems": […], "changes": [{"severity", "check", "message", "place"?}],
    /// "breaking": count, "needsRestart": […]}`.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("ending")
        writer.string(ending.rawValue)
        writer.key("time")
        writer.integer(Int(time))
        writer.key("servingSince")
        writer.integer(Int(servingSince))
        writer.key("problems")
        writer.beginArray()
        for problem in problems.prefix(Self.limit) { writer.string(problem) }
        writer.endArray()
        writer.key("breaking")
        writer.integer(changes.count { $0.isBreaking })
        writer.key("changes")
        writer.beginArray()
        for change in changes.prefix(Self.limit) { Self.write(change, to: &writer) }
        writer.endArray()
        writer.key("needsRestart")
        writer.beginArray()
        for name in needsRestart { writer.string(name) }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ change: Finding, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("severity")
        writer.string(change.severity.description)
        writer.key("check")
        writer.string(change.rule)
        writer.key("message")
        writer.string(change.message)
        if let range = change.range {
            writer.key("place")
            writer.string(range.description)
        }
        writer.endObject()
    }
}

extension Finding {
    /// Whether clients of the contract before can no longer rely on it.
    var isBreaking: Bool { severity == .error }

    /// `path:line:column: severity: message [check]`
    var line: String { "\(range?.description ?? source): \(severity): \(message) [\(rule)]" }
}
