/// A number of events in a span of time, written `100/1s`.
package struct Rate: Sendable, Hashable {
    /// How many events; at least 1.
    package let count: Int
    /// In which time.
    package let period: Duration

    /// States a rate.
    package init(count: Int, period: Duration) {
        self.count = count
        self.period = period
    }
}

/// A part of a whole, written `20%`.
package struct Share: Sendable, Hashable {
    /// In hundredths of a percent: 0 to 10,000.
    package let basisPoints: Int

    /// States a share.
    ///
    /// - Parameter basisPoints: hundredths of a percent; clamped to 0 to 10,000.
    package init(basisPoints: Int) {
        self.basisPoints = min(10_000, max(0, basisPoints))
    }

    /// A share of whole percents.
    package static func percent(_ percent: Int) -> Share { Share(basisPoints: min(100, max(0, percent)) * 100) }

    /// From 0 to 1.
    package var fraction: Double { Double(basisPoints) / 10_000 }
}

/// How quantities are written and shown.
enum QuantityText {
    /// Units of time with their milliseconds.
    private static let timeUnits: [(name: String, milliseconds: Int)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
    ]
    /// Units of size with their bytes.
    private static let sizeUnits: [(name: String, bytes: Int)] = [
        ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ]
    /// The longest duration: a year of 365 days. Nanoseconds of it fit 64 bits many times over.
    static let longestMilliseconds = 365 * 24 * 3_600_000
    /// The largest size: 1 TiB.
    static let largestSize = 1 << 40

    /// Splits digits from the unit that follows; nil where there are none or too many.
    private static func split(_ text: some StringProtocol) -> (Int, String)? {
        let digits = text.prefix { $0.utf8.count == 1 && $0.utf8.first?.isASCIIDigit == true }
        guard let number = Int(digits) else { return nil }
        return (number, String(text.dropFirst(digits.count)))
    }

    /// Reads a duration such as `250ms`, `5s`, `1m`, `1h`.
    static func duration(_ text: some StringProtocol) throws(ScalarObjection) -> Duration {
        guard let (number, unit) = split(text) else { throw ScalarObjection() }
        guard !unit.isEmpty else {
            throw ScalarObjection(reason: "the unit is missing", suggestion: "write \(number)s or \(number)ms")
        }
        guard let factor = timeUnits.first(where: { $0.name == unit })?.milliseconds else { throw ScalarObjection() }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, milliseconds <= longestMilliseconds else {
            throw ScalarObjection(reason: "it is longer than a year")
        }
        return .milliseconds(milliseconds)
    }

    /// A duration in the largest unit that shows it whole.
    static func show(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        guard milliseconds > 0 else { return "0s" }
        let unit = timeUnits.last { milliseconds.isMultiple(of: $0.milliseconds) } ?? timeUnits[0]
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }

    /// Reads a size such as `64KiB`, `1MiB` or a plain number of bytes.
    static func size(_ text: some StringProtocol) throws(ScalarObjection) -> Int {
        guard let (number, unit) = split(text) else { throw ScalarObjection() }
        guard let factor = unit.isEmpty ? 1 : sizeUnits.first(where: { $0.name == unit })?.bytes else {
            let binary = ["k": "KiB", "kb": "KiB", "m": "MiB", "mb": "MiB", "g": "GiB", "gb": "GiB"]
            let meant = binary[unit.lowercased()] ?? sizeUnits.first { $0.name.lowercased() == unit.lowercased() }?.name
            throw ScalarObjection(suggestion: meant.map { "write \(number)\($0)" })
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, bytes <= largestSize else { throw ScalarObjection(reason: "it is larger than 1024GiB") }
        return bytes
    }

    /// A size in the largest unit that shows it whole.
    static func show(size bytes: Int) -> String {
        guard bytes > 0 else { return "0B" }
        let unit = sizeUnits.last { bytes.isMultiple(of: $0.bytes) } ?? sizeUnits[0]
        return "\(bytes / unit.bytes)\(unit.name)"
    }

    /// Reads a rate such as `100/1s`.
    static func rate(_ text: String) throws(ScalarObjection) -> Rate {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.allSatisfy({ $0.isASCIIDigit }), let count = Int(parts[0]) else {
            throw ScalarObjection()
        }
        guard count > 0 else { throw ScalarObjection(reason: "the number is 0") }
        let period: Duration
        do throws(ScalarObjection) {
            period = try duration(parts[1])
        } catch {
            throw ScalarObjection(reason: error.reason, suggestion: parts[1] == "s" ? "write \(count)/1s" : nil)
        }
        guard period > .zero else { throw ScalarObjection(reason: "the time is 0") }
        return Rate(count: count, period: period)
    }

    /// Reads a share such as `20%` or `0.5%`.
    static func share(_ text: String) throws(ScalarObjection) -> Share {
        guard text.utf8.last == UInt8(ascii: "%") else {
            throw ScalarObjection(reason: "the percent sign is missing")
        }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isASCIIDigit) }),
            let whole = Int(parts[0]), whole <= 100
        else { throw ScalarObjection() }
        var basisPoints = whole * 100
        if parts.count == 2 {
            guard parts[1].utf8.count <= 2, let fraction = Int(parts[1]) else {
                throw ScalarObjection(reason: "there are more than two decimals")
            }
            basisPoints += parts[1].utf8.count == 1 ? fraction * 10 : fraction
        }
        guard basisPoints <= 10_000 else { throw ScalarObjection(reason: "it is more than the whole") }
        return Share(basisPoints: basisPoints)
    }

    /// A share in percent, without decimals that say nothing.
    static func show(_ share: Share) -> String {
        let (whole, fraction) = share.basisPoints.quotientAndRemainder(dividingBy: 100)
        if fraction == 0 { return "\(whole)%" }
        if fraction.isMultiple(of: 10) { return "\(whole).\(fraction / 10)%" }
        return fraction < 10 ? "\(whole).0\(fraction)%" : "\(whole).\(fraction)%"
    }
}

extension ValueForm where Value == Duration {
    /// A duration such as `250ms`.
    ///
    /// - Parameter minimum: the shortest; zero where 0 has a meaning.
    static func duration(minimum: Duration = .milliseconds(1)) -> ValueForm {
        duration(minimum...(.milliseconds(QuantityText.longestMilliseconds)))
    }

    /// A duration within bounds.
    static func duration(_ bounds: ClosedRange<Duration>) -> ValueForm {
        .scalar(
            .text(pattern: "^[0-9]+(ms|s|m|h)$", examples: ["250ms", "5s", "1m"]),
            expected: "a duration such as 250ms, 5s, 1m or 1h", code: "bad-duration", takesNumbers: true,
            show: { QuantityText.show($0) }
        ) { text throws(ScalarObjection) in
            let duration = try QuantityText.duration(text)
            guard duration >= bounds.lowerBound else {
                throw ScalarObjection(reason: "the shortest is \(QuantityText.show(bounds.lowerBound))")
            }
            guard duration <= bounds.upperBound else {
                throw ScalarObjection(reason: "the longest is \(QuantityText.show(bounds.upperBound))")
            }
            return duration
        }
    }
}

extension ValueForm where Value == Duration? {
    /// A duration, or `auto` where the thing itself says how long.
    static var durationOrAuto: ValueForm {
        .scalar(
            .text(pattern: "^(auto|[0-9]+(ms|s|m|h))$", examples: ["auto", "5s", "1m"]),
            expected: "auto or a duration such as 250ms, 5s, 1m or 1h", code: "bad-duration", takesNumbers: true,
            show: { $0.map(QuantityText.show) ?? "auto" }
        ) { text throws(ScalarObjection) in
            if text == "auto" { return nil }
            let duration = try QuantityText.duration(text)
            guard duration > .zero else { throw ScalarObjection(reason: "the shortest is 1ms") }
            return duration
        }
    }
}

extension ValueForm where Value == Int {
    /// A size in bytes such as `64KiB`.
    ///
    /// - Parameter bounds: smallest and largest, in bytes.
    static func size(_ bounds: ClosedRange<Int> = 0...QuantityText.largestSize) -> ValueForm {
        .scalar(
            .any([
                .text(pattern: "^[0-9]+(B|KiB|MiB|GiB)?$", examples: ["64KiB", "1MiB"]),
                .integer(minimum: 0, maximum: bounds.upperBound),
            ]),
            expected: "a size such as 64KiB or 1MiB", code: "bad-size", takesNumbers: true,
            show: { QuantityText.show(size: $0) }
        ) { text throws(ScalarObjection) in
            let size = try QuantityText.size(text)
            guard bounds.contains(size) else {
                throw ScalarObjection(
                    reason: "it has to be from \(QuantityText.show(size: bounds.lowerBound)) to "
                        + QuantityText.show(size: bounds.upperBound))
            }
            return size
        }
    }
}

extension ValueForm where Value == Rate {
    /// A rate such as `100/1s`.
    static func rate() -> ValueForm {
        .scalar(
            .text(pattern: "^[0-9]+/[0-9]+(ms|s|m|h)$", examples: ["100/1s"]), expected: "a rate such as 100/1s",
            code: "bad-rate", show: { "\($0.count)/\(QuantityText.show($0.period))" }
        ) { text throws(ScalarObjection) in try QuantityText.rate(text) }
    }
}

extension ValueForm where Value == Share {
    /// A share such as `20%`.
    static func share() -> ValueForm {
        .scalar(
            .text(pattern: "^[0-9]{1,3}(\\.[0-9]{1,2})?%$", examples: ["20%"]), expected: "a share such as 20%",
            code: "bad-share", takesNumbers: true, show: { QuantityText.show($0) }
        ) { text throws(ScalarObjection) in try QuantityText.share(text) }
    }
}
