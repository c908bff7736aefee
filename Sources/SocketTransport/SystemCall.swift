import Glibc
import NIOCore

/// System calls with their errors.
enum SystemCall {
    /// The result of a call that answers −1 on failure; interrupted calls are made again.
    ///
    /// - Throws: `IOError` with the call's name.
    static func check(_ name: StaticString, _ call: () -> CInt) throws -> CInt {
        while true {
            let result = call()
            if result >= 0 { return result }
            if errno != EINTR { throw error(name) }
        }
    }

    /// The error of the call that failed just now.
    static func error(_ name: StaticString) -> IOError { IOError(errnoCode: errno, reason: "\(name)") }

    /// Sets an option of a socket to a number.
    ///
    /// - Throws: `IOError`.
    static func set(_ option: CInt, of level: CInt, to value: CInt, on descriptor: CInt) throws {
        var value = value
        _ = try check("setsockopt") {
            setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
        }
    }
}
