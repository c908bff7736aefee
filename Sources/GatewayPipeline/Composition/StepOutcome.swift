import HTTPExchanges
import NIOCore

/// Why a step has no result, in one word that tells nothing of hosts or content.
struct StepFailure {
    /// The word, for `Lintel-Partial`, logs and metrics.
    let reason: String
    /// The status of the reply when the step is required.
    let status: Int
    /// The status that the service answered with, if that is the reason.
    var serviceStatus: Int?

    /// The service could not be asked or did not answer.
    init(_ failure: ExchangeFailure) {
        switch failure.reason {
        case .connectTimeout, .responseHeadTimeout, .responseIdleTimeout, .exchangeTimeout: reason = "timeout"
        case .connectRefused, .unresolvable: reason = "connect"
        case .noEndpoint: reason = "unavailable"
        case .poolFull: reason = "overloaded"
        case .malformedResponse, .truncatedResponse, .unexpectedUpgrade: reason = "malformed"
        default: reason = "reset"
        }
        status = FailureMapping.problem(for: failure)?.status ?? 502
    }

    /// Another reason.
    init(_ reason: String, status: Int = 502, serviceStatus: Int? = nil) {
        self.reason = reason
        self.status = status
        self.serviceStatus = serviceStatus
    }
}

/// What a service answered.
final class PartReply {
    /// The status.
    let status: Int
    /// Field lines with their names in small letters.
    let fields: [(name: [UInt8], value: [UInt8])]
    /// The content, if it is JSON.
    let content: PartContent?
    /// Whether there was content that is not JSON.
    let isMalformed: Bool
    /// Whether the content breaks the contract of the operation.
    let breaksContract: Bool

    /// Takes all parts.
    init(
        status: Int, fields: [(name: [UInt8], value: [UInt8])], content: PartContent?, isMalformed: Bool,
        breaksContract: Bool
    ) {
        self.status = status
        self.fields = fields
        self.content = content
        self.isMalformed = isMalformed
        self.breaksContract = breaksContract
    }
}

/// What came of a call.
enum CallOutcome {
    /// An answer, whatever its status.
    case replied(PartReply)
    /// None.
    case failed(StepFailure)
}

/// How far a step is.
struct StepState {
    /// The phases of a step.
    enum Phase { case waiting, running, done, failed, skipped }

    /// The phase.
    var phase = Phase.waiting
    /// The answer of a step with one call.
    var reply: PartReply?
    /// `forEach`: the answers, one for each distinct key.
    var replies: [PartReply?] = []
    /// `forEach`: by element, the number of its answer.
    var slotOfElement: [Int] = []
    /// `forEach`: by answer, the element that it was asked for.
    var elementOfSlot: [Int] = []
    /// `forEach`: the array.
    var source: PartContent?
    /// `forEach`: the elements, as rows of the array's content.
    var elements: [Int] = []
    /// `forEach`: the next answer to ask for.
    var nextSlot = 0
    /// Whether answers are being asked for at the moment.
    var isFilling = false
    /// Calls that run.
    var running = 0
    /// Answers that did not come.
    var failures = 0
    /// Why the last one did not come.
    var failure: StepFailure?
    /// When the step began and ended.
    var startedAt: NIODeadline?
    /// When the step ended.
    var endedAt: NIODeadline?

    /// Whether nothing more happens to the step.
    var isSettled: Bool { phase != .waiting && phase != .running }

    /// Whether the step has something to use.
    var hasResult: Bool { phase == .done }
}
