import Glibc
import NIOCore
import Synchronization

/// The process' resident memory, held against a budget ten times a second.
///
/// What the process has freed the C library may still hold; so above the budget it is told to give whole pages back, at most
/// once a second and beside the loops. Otherwise a gateway that was once full would refuse for ever.
final class MemoryWatch: Sendable {
    /// Time between two looks.
    static let interval = TimeAmount.milliseconds(100)
    /// Looks between two requests to give memory back.
    private static let patience = 10

    private let resident = Atomic<Int>(0)
    private let budget = Atomic<Int>(Int.max)
    private let looksAbove = Atomic<Int>(0)
    /// `malloc_trim(3)`, which the Swift overlay does not show; nil with another C library.
    private static let trim: (@convention(c) (Int) -> Int32)? =
        dlsym(nil, "malloc_trim").map { unsafeBitCast($0, to: (@convention(c) (Int) -> Int32).self) }

    /// Bytes of resident memory when it was last looked at; 0 before.
    var residentBytes: Int { resident.load(ordering: .relaxed) }

    /// Whether the budget was exceeded then.
    var isExceeded: Bool { resident.load(ordering: .relaxed) > budget.load(ordering: .relaxed) }

    /// Sets the budget in bytes; nil for none.
    func set(_ bytes: Int?) { budget.store(bytes ?? .max, ordering: .relaxed) }

    /// Looks at the memory.
    func look() {
        guard let bytes = Self.read() else { return }
        resident.store(bytes, ordering: .relaxed)
        guard isExceeded else { return looksAbove.store(0, ordering: .relaxed) }
        let looks = looksAbove.wrappingAdd(1, ordering: .relaxed).oldValue
        if looks % Self.patience == 0, let trim = Self.trim { Task.detached { _ = trim(0) } }
    }

    /// Field 2 of /proc/self/statm, in pages (proc(5)); nil where there is no such file.
    private static func read() -> Int? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { room in
            let count = Glibc.read(file, room.baseAddress, room.count)
            guard count > 0 else { return nil }
            let fields = room[..<count].split(separator: 0x20)
            guard fields.count > 1 else { return nil }
            var pages = 0
            for octet in fields[1] {
                guard octet &- 0x30 <= 9, pages < 1 << 48 else { return nil }
                pages = pages * 10 + Int(octet &- 0x30)
            }
            return pages.multipliedReportingOverflow(by: Int(sysconf(Int32(_SC_PAGESIZE)))).partialValue
        }
    }
}
