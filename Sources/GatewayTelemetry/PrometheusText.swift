/// Writes metrics in the Prometheus text exposition format, version 0.0.4.
///
/// A family is announced once (`# HELP`, `# TYPE`) and its samples follow it directly, as the format demands. Label
/// values are escaped (backslash, quote, line feed), so nothing that a document or a remote peer wrote can add a line
/// of its own.
package struct PrometheusText: Sendable {
    /// The media type to serve the text under.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// What a family measures.
    package enum Kind: String, Sendable {
        /// A number that only grows.
        case counter
        /// A number that goes up and down.
        case gauge
        /// Observations counted in cumulative buckets.
        case histogram
    }

    /// A label of a sample.
    package typealias Label = (name: String, value: String)

    /// The text so far, UTF-8.
    package private(set) var bytes: [UInt8] = []

    /// Starts an empty text.
    package init() {
        bytes.reserveCapacity(16 * 1024)
    }

    /// Announces a family; its samples have to follow.
    ///
    /// - Parameters:
    ///   - name: the metric's name, `[a-zA-Z_:][a-zA-Z0-9_:]*`.
    ///   - kind: what it measures.
    ///   - help: one sentence.
    package mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        append("# HELP ")
        append(name)
        append(" ")
        appendEscaped(help, quotes: false)
        append("\n# TYPE ")
        append(name)
        append(" ")
        append(kind.rawValue)
        append("\n")
    }

    /// Writes one sample with a whole number.
    ///
    /// - Parameters:
    ///   - name: the metric's name.
    ///   - labels: its labels, in order.
    ///   - value: the number.
    package mutating func sample(_ name: String, _ labels: [Label] = [], _ value: UInt64) {
        head(name, labels)
        append(String(value))
        append("\n")
    }

    /// Writes one sample with a fraction; not-a-number and the infinities are written as `NaN`, `+Inf`, `-Inf`.
    ///
    /// - Parameters:
    ///   - name: the metric's name.
    ///   - labels: its labels, in order.
    ///   - value: the number.
    package mutating func sample(_ name: String, _ labels: [Label] = [], _ value: Double) {
        head(name, labels)
        if value.isNaN {
            append("NaN")
        } else if value.isInfinite {
            append(value < 0 ? "-Inf" : "+Inf")
        } else {
            append(value.description)
        }
        append("\n")
    }

    /// Writes a histogram of durations: cumulative buckets in seconds, `_sum` and `_count`.
    ///
    /// - Parameters:
    ///   - name: the family's name.
    ///   - labels: labels besides `le`.
    ///   - buckets: the observations of each bucket of `LatencyBuckets`, not cumulative.
    ///   - nanoseconds: the sum of all observations.
    package mutating func histogram(_ name: String, _ labels: [Label], buckets: [UInt64], nanoseconds: UInt64) {
        var cumulative: UInt64 = 0
        for index in 0..<LatencyBuckets.count {
            cumulative &+= index < buckets.count ? buckets[index] : 0
            let bound =
                index < LatencyBuckets.finiteCount
                ? (Double(LatencyBuckets.upperBound(of: index)) / 1_000_000_000).description : "+Inf"
            sample(name + "_bucket", labels + [("le", bound)], cumulative)
        }
        sample(name + "_sum", labels, Double(nanoseconds) / 1_000_000_000)
        // _count equals the bucket +Inf by construction, also while other threads count on.
        sample(name + "_count", labels, cumulative)
    }

    /// Writes a sample's name, labels and the space after them.
    private mutating func head(_ name: String, _ labels: [Label]) {
        append(name)
        if !labels.isEmpty {
            var separator = "{"
            for label in labels {
                append(separator)
                append(label.name)
                append("=\"")
                appendEscaped(label.value, quotes: true)
                append("\"")
                separator = ","
            }
            append("}")
        }
        append(" ")
    }

    /// Appends text as it is.
    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends text with backslash and line feed escaped, in label values quotes too.
    private mutating func appendEscaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }
}
