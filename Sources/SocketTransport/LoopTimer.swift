import NIOCore

/// Something that the loop does at a time.
///
/// It is confined to its loop; only its making is not.
final class LoopTimer: Comparable {
    /// When it is due.
    let deadline: NIODeadline
    /// Keeps timers of one time in the order in which they were set.
    var number: UInt64 = 0
    private var action: (() -> Void)?
    private let refusal: () -> Void

    /// A timer that runs `action`, or `refusal` when the loop ends before.
    init(deadline: NIODeadline, action: @escaping () -> Void, refusal: @escaping () -> Void = {}) {
        self.deadline = deadline
        self.action = action
        self.refusal = refusal
    }

    /// Runs the action, unless it was cancelled.
    func fire() {
        let action = action
        self.action = nil
        action?()
    }

    /// Makes the timer do nothing. It stays in the heap until it is due.
    func cancel() { action = nil }

    /// Says that the action will never run.
    func abandon() {
        guard action != nil else { return }
        action = nil
        refusal()
    }

    static func == (left: LoopTimer, right: LoopTimer) -> Bool { left === right }

    static func < (left: LoopTimer, right: LoopTimer) -> Bool {
        left.deadline == right.deadline ? left.number < right.number : left.deadline < right.deadline
    }
}
