#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Measures the CPU time of a run, to find work that isn't linear in the length of the input.
///
/// The bounds are generous: instrumentation slows a target down ten times or more. CPU time of other threads and
/// processes isn't counted.
enum WorkMeter {
    /// How many nanoseconds a run may take for any input.
    private static let allowance = 50_000_000
    /// How many nanoseconds a run may take for each byte of its input.
    private static let factor = 10_000

    /// Runs `body`, and aborts if it took too long three times: the first run may make tables or fault pages in.
    static func check(inputLength: Int, _ body: () -> Void) {
        let bound = allowance + factor * inputLength
        var least = Int.max
        for _ in 0..<3 {
            let start = now
            body()
            least = min(least, now - start)
            if least <= bound { return }
        }
        require(false, "\(least / 1_000) microseconds for an input of \(inputLength) bytes")
    }

    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
