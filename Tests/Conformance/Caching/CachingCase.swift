/// One sentence of a caching RFC as a conversation: what a client asks, what the origin would say, and which of the two
/// stores may answer.
struct CachingCase: Sendable, CustomStringConvertible {
    /// Where the answer has to come from.
    enum Origin: Sendable {
        /// From the store: the origin does not see the request.
        case stored
        /// From the origin, whole.
        case asked
        /// From the origin, which is asked with a condition and says 304.
        case validated
        /// From either.
        case either
    }

    /// The settings that the case is run under.
    enum Profile: String, Sendable {
        /// `cache: { heuristic: true }`
        case plain
        /// With `staleIfError: 60s`.
        case lenient
        /// With `setCookie: store`.
        case cookies
        /// With `ttl: 60s`.
        case settled
        /// With `vary: [Accept-Language]`.
        case varied
    }

    /// One request and its reply.
    struct Step: Sendable {
        var method = "GET"
        /// What follows the case's own path.
        var suffix = ""
        var host = "cache.test"
        /// The client's fields.
        var sends: [(String, String)] = []
        var content: String?
        /// What the origin says; a value `@-60` is the time a minute before the reply.
        var status = 200
        var says: [(String, String)] = []
        var body: String?
        /// Whether the origin hangs up instead.
        var hangsUp = false
        /// Interim replies before the final one.
        var interim: [Int] = []
        /// Where the answer comes from.
        var from = Origin.either
        /// The status that the client sees; the origin's when nil.
        var seen: Int?
        /// Fields of the answer: name and value; a value `>5` asks for a larger number, an empty one for any.
        var shows: [(String, String)] = []
        /// Fields that the answer lacks.
        var hides: [String] = []
        /// Fields of the request as the origin gets it.
        var asks: [(String, String)] = []
        /// The content of the answer, where that is said.
        var reads: String?
        /// Seconds after the step.
        var pause = 0.0
    }

    /// The RFC's section, `9111 §4.2.1`.
    let section: String
    /// What the sentence demands, in few words.
    let sentence: String
    let profile: Profile
    let steps: [Step]

    init(_ section: String, _ sentence: String, _ profile: Profile = .plain, _ steps: Step...) {
        (self.section, self.sentence, self.profile, self.steps) = (section, sentence, profile, steps)
    }

    /// Store a reply with these fields, ask again.
    init(
        _ section: String, _ sentence: String, _ profile: Profile = .plain, says: [(String, String)], status: Int = 200,
        pause: Double = 0, then origin: Origin, sends: [(String, String)] = [], shows: [(String, String)] = [],
        hides: [String] = []
    ) {
        self.init(
            section, sentence, profile, Step(status: status, says: says, pause: pause),
            Step(
                sends: sends, status: status, from: origin, shows: shows, hides: hides))
    }

    var description: String { "RFC \(section): \(sentence)" }
}
