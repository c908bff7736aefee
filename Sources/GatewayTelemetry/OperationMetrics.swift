/// Where the counters of one operation lie in a row of a metrics chunk.
///
/// ```
/// 0..<6    requests by status class: 1xx 2xx 3xx 4xx 5xx, and "none" (the client left before a status was sent)
/// 6..<14   violations by place
/// 14..<35  latency buckets, not cumulative
/// 35       sum of latencies in nanoseconds
/// ```
enum OperationRow {
    /// First counter of the status classes.
    static let statusClasses = 0
    /// Number of status classes, the class "none" included.
    static let statusClassCount = 6
    /// First counter of the violations.
    static let violations = statusClasses + statusClassCount
    /// First latency bucket.
    static let buckets = violations + ViolationPlace.allCases.count
    /// The sum of all latencies, in nanoseconds.
    static let latencySum = buckets + LatencyBuckets.count
    /// Counters per operation.
    static let width = latencySum + 1
    /// The label values of the status classes, in the order of their counters.
    static let statusClassNames = ["1xx", "2xx", "3xx", "4xx", "5xx", "none"]

    /// The class of a status code; everything outside 100 to 599 counts as "none".
    @inline(__always)
    static func statusClass(of status: Int) -> Int {
        guard status >= 100, status < 600 else { return statusClassCount - 1 }
        return status / 100 - 1
    }
}

/// Where a message broke its contract: the `in` of a problem document, with the message's direction.
package enum ViolationPlace: Int, Sendable, CaseIterable {
    /// A query parameter of the request.
    case requestQuery
    /// A path parameter of the request.
    case requestPath
    /// A header field of the request.
    case requestHeader
    /// A cookie of the request.
    case requestCookie
    /// The content of the request, its media type included.
    case requestBody
    /// A status code that the operation does not declare.
    case responseStatus
    /// A header field of the response.
    case responseHeader
    /// The content of the response, its media type included.
    case responseBody
    /// A member of the content of the response that no schema describes.
    case responseField

    /// Value of the label `message`: which of the two messages is at fault.
    package var message: String {
        switch self {
        case .requestQuery, .requestPath, .requestHeader, .requestCookie, .requestBody: "request"
        case .responseStatus, .responseHeader, .responseBody, .responseField: "response"
        }
    }

    /// Value of the label `in`.
    package var place: String {
        switch self {
        case .requestQuery: "query"
        case .requestPath: "path"
        case .requestHeader, .responseHeader: "header"
        case .requestCookie: "cookie"
        case .requestBody, .responseBody: "body"
        case .responseStatus: "status"
        case .responseField: "undeclared-field"
        }
    }
}

/// The labels of an operation's series. Equal labels share their counters, also over a reload.
package struct OperationLabels: Sendable, Hashable {
    /// The API's name in the settings; empty for exchanges that matched none.
    package let api: String
    /// The operation's id, or `METHOD /path` where the document gives none; empty where nothing matched.
    package let operation: String

    /// Names an operation for the metrics.
    ///
    /// - Parameters:
    ///   - api: name of the API.
    ///   - operation: operationId, or method and path.
    package init(api: String, operation: String) {
        self.api = api
        self.operation = operation
    }

    /// The series of exchanges that matched no operation (404, malformed requests); always at index 0.
    package static let unmatched = OperationLabels(api: "", operation: "")
}
