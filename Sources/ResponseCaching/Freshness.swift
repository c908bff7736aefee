import Glibc

/// How long a reply is fresh, and how old it is (RFC 9111 §4.2). Times in milliseconds.
package struct Freshness: Sendable, Equatable {
    /// Where the lifetime comes from.
    package enum Source: String, Sendable { case settings, targeted, sharedMaxAge, maxAge, expires, heuristic, none }

    /// The freshness lifetime.
    package var lifetime: Int64
    /// Where it comes from.
    package var source: Source
    /// The age at `receivedAt` (RFC 9111 §4.2.3: corrected_initial_age).
    package var initialAge: Int64
    /// When the reply was received: milliseconds since 1970.
    package var receivedAt: Int64
    /// What fetching it took.
    package var fetchTime: Int64

    /// Part of a lifetime by which equal ones are spread, so that what was stored together does not end together.
    static let spread = 0.05

    /// The same with a lifetime spread by chance: one that the reply states is never lengthened (RFC 9111 §4.2.1: MUST NOT
    /// be used past it), one of the settings or a guess goes both ways.
    ///
    /// - Parameter chance: evenly from 0 to 1.
    package func spread(by chance: Double) -> Freshness {
        var result = self
        let isOurs = source == .settings || source == .heuristic
        let share = isOurs ? (2 * chance - 1) * Self.spread : -chance * Self.spread
        result.lifetime += Int64(Double(lifetime) * share)
        return result
    }

    /// Whether a fresh reply is brought up to date before its time, so that not everybody finds it stale at once: the
    /// likelier the less is left, measured by what fetching it took (XFetch: Vattani et al., VLDB 2015).
    ///
    /// - Parameter chance: evenly from 0 to 1, asked for only near the end.
    package func isDueEarly(at now: Int64, chance: () -> Double) -> Bool {
        let left = remaining(at: now)
        // The logarithm of a chance below e^-20 is left out.
        guard left > 0, fetchTime > 0, left < fetchTime * 20 else { return false }
        return -log(max(chance(), .leastNormalMagnitude)) * Double(fetchTime) >= Double(left)
    }

    /// The age at a time.
    package func age(at now: Int64) -> Int64 { initialAge + max(0, now - receivedAt) }
    /// What is left of the lifetime; negative when stale.
    package func remaining(at now: Int64) -> Int64 { lifetime - age(at: now) }
    /// Whether the reply is fresh (RFC 9111 §4.2: lifetime > age).
    package func isFresh(at now: Int64) -> Bool { lifetime > age(at: now) }

    /// Reads a reply's head.
    ///
    /// - Parameters:
    ///   - requestedAt: when the request was sent.
    ///   - receivedAt: when the head came.
    package init(
        of fields: FieldList, status: Int, directives: ResponseDirectives, rules: CacheRules, requestedAt: Int64,
        receivedAt: Int64
    ) {
        self.receivedAt = receivedAt
        fetchTime = max(0, receivedAt - requestedAt)
        let now = receivedAt / 1000
        let date = fields.first("date").flatMap { HTTPDateParsing.seconds($0, now: now) }
        // RFC 9111 §4.2.3. A date in the future makes an age of 0; an Age that cannot be read is left out (§5.1).
        let apparent = max(0, now - (date ?? now)) * 1000
        let stated = fields.first("age").flatMap { Array($0.prefix { $0 != 0x2C }).trimmed.deltaSeconds } ?? 0
        let corrected = stated * 1000 + max(0, receivedAt - requestedAt)
        // Without a whole second's delay the correction is below what Age can express.
        initialAge = max(apparent, corrected < 1000 ? 0 : corrected)
        (lifetime, source) = Self.lifetime(
            fields, status: status, directives: directives, rules: rules, date: date ?? now, now: now)
    }

    /// RFC 9111 §4.2.1: s-maxage, max-age, Expires, and what the settings say where the reply says nothing.
    private static func lifetime(
        _ fields: FieldList, status: Int, directives: ResponseDirectives, rules: CacheRules, date: Int64, now: Int64
    ) -> (Int64, Source) {
        let settings = status == 200 || status == 206 ? rules.lifetime : rules.negative[status]
        if rules.overrides, let settings { return (settings, .settings) }
        let said = directives.effective
        if directives.isTargeted, let age = said.sharedMaxAge ?? said.maxAge { return (age * 1000, .targeted) }
        if let age = said.sharedMaxAge { return (age * 1000, .sharedMaxAge) }
        if let age = said.maxAge { return (age * 1000, .maxAge) }
        if !directives.isTargeted, fields.has("expires") {
            // RFC 9111 §5.3: an invalid date, "0" above all, is one in the past. Several lines: the earliest counts.
            let times = fields.values("expires").map { HTTPDateParsing.seconds($0, now: now) ?? .min }
            let time = times.min() ?? .min
            return (time == .min ? 0 : max(0, time - date) * 1000, .expires)
        }
        if let settings { return (settings, .settings) }
        guard rules.heuristic > 0, Storability.heuristic.contains(status) || said.isPublic,
            let modified = fields.first("last-modified").flatMap({ HTTPDateParsing.seconds($0, now: now) }),
            modified < date
        else { return (0, .none) }
        let guess = Double(date - modified) * 1000 * rules.heuristic
        return (min(Int64(min(guess, 1e15)), CacheRules.longestHeuristic), .heuristic)
    }
}

/// What a reply says to caches: to all, and to those of its kind (RFC 9213).
package struct ResponseDirectives: Sendable, Equatable {
    /// The directives that hold here.
    package let effective: CacheDirectives
    /// Whether they come from a targeted field, so that Cache-Control and Expires are left out (RFC 9213 §2.2).
    package let isTargeted: Bool

    /// Reads a reply's head.
    package init(_ fields: FieldList) {
        let lines = fields.values("cdn-cache-control")
        let targeted = CacheDirectives(lines, isStructured: true)
        // RFC 9213 §2.2: a targeted field that is valid and says something replaces Cache-Control and Expires.
        isTargeted = !targeted.isEmpty && TargetedField.isValid(lines)
        var directives = isTargeted ? targeted : CacheDirectives(fields.values("cache-control"))
        if isTargeted {
            if targeted.isPrivate || targeted.noStore { directives.isPublic = false }
        } else {
            // One that is not valid gives no permission; what it forbids is heeded all the same.
            directives.noStore = directives.noStore || targeted.noStore
            directives.isPrivate = directives.isPrivate || targeted.isPrivate
        }
        effective = directives
    }
}
