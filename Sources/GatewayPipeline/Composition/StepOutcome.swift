import GatewayTelemetry
import HTTPExchanges
import NIOCore

/// Why a step has no result, in one word that tells nothing of hosts or content.
struct StepFailure {
    /// The word, for `Lintel-Partial`, logs and metrics.
    let kind: StepFailureKind
    /// The status of the reply when the step is required.
    let status: Int
    /// The status that the service answered with, if that is the reason.
    var serviceStatus: Int?

    /// The word as text.
    var reason: String { kind.rawValue }

    /// The service could not be asked or did not answer.
    init(_ failure: ExchangeFailure) {
        switch failure.reason {
        case .connectTimeout, .responseHeadTimeout, .responseIdleTimeout, .exchangeTimeout: kind = .timeout
        case .connectRefused, .unresolvable: kind = .connect
        case .noEndpoint, .circuitOpen: kind = .unavailable
        case .poolFull: kind = .overloaded
        case .malformedResponse, .truncatedResponse, .unexpectedUpgrade, .unexpectedReply: kind = .malformed
        default: kind = .reset
        }
        status = FailureMapping.problem(for: failure)?.status ?? 502
    }

    /// Another reason.
    init(_ kind: StepFailureKind, status: Int = 502, serviceStatus: Int? = nil) {
        self.kind = kind
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
    /// The row of the content where the result is: 0, or in the answer of a batch that of one element.
    let root: Int
    /// Whether there was content that is not JSON.
    let isMalformed: Bool
    /// Whether the content breaks the contract of the operation.
    let breaksContract: Bool
    /// What it allows as to storing the whole; nil where nobody asks.
    var standing: PartStanding?
    /// Whether it came out of the store.
    var isStored = false

    /// Takes all parts.
    init(
        status: Int, fields: [(name: [UInt8], value: [UInt8])], content: PartContent?, isMalformed: Bool,
        breaksContract: Bool, root: Int = 0
    ) {
        self.status = status
        self.root = root
        self.fields = fields
        self.content = content
        self.isMalformed = isMalformed
        self.breaksContract = breaksContract
    }

    /// One element of a batch's answer.
    convenience init(_ batch: PartReply, root: Int) {
        self.init(
            status: batch.status, fields: batch.fields, content: batch.content, isMalformed: false,
            breaksContract: false, root: root)
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
    /// `forEach` with a key: by answer, the key; nil where the element has none.
    var keyOfSlot: [[UInt8]?] = []
    /// `forEach`: the array.
    var source: PartContent?
    /// `forEach`: the elements, as rows of the array's content.
    var elements: [Int] = []
    /// `forEach`: how many calls there are.
    var calls = 0
    /// `forEach`: the next call to make.
    var nextCall = 0
    /// Whether answers are being asked for at the moment.
    var isFilling = false
    /// Calls that run.
    var running = 0
    /// Answers that did not come.
    var failures = 0
    /// Why the last one did not come.
    var failure: StepFailure?
    /// Answers that came out of the store.
    var stored = 0
    /// When the step began.
    var startedAt: NIODeadline?
    /// When the step ended.
    var endedAt: NIODeadline?

    /// From the step's turn to its end; nil before.
    var nanoseconds: UInt64? {
        guard let startedAt, let endedAt else { return nil }
        return endedAt > startedAt ? UInt64((endedAt - startedAt).nanoseconds) : 0
    }

    /// Whether nothing more happens to the step.
    var isSettled: Bool { phase != .waiting && phase != .running }

    /// Whether everything that the step got came out of the store.
    var isStored: Bool { stored > 0 && stored == max(1, calls) }

    /// Whether the step has something to use.
    var hasResult: Bool { phase == .done }
}
