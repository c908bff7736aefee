import Glibc

/// Time for waits with an end: monotonic, in seconds.
package enum Clock {
    /// Seconds since some moment before the process began.
    package static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Asks again every 5 ms until `condition` holds; false when `seconds` have passed without it.
    package static func poll(for seconds: Double, until condition: () -> Bool) -> Bool {
        let end = now + seconds
        while !condition() {
            if now >= end { return false }
            usleep(5000)
        }
        return true
    }
}
