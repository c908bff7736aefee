import TestSupport
import Testing

/// Everything that drives the real executable over real sockets, one test at a time: two processes and a service of a
/// test already fill a small machine.
@Suite(
    "The executable, end to end", .serialized,
    .enabled(if: LintelExecutable.isPresent, "the executable is not built: swift build"))
struct EndToEnd {}
