#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Measures the processor time of a run, so that work which isn't linear in its input is found.
///
/// The bounds are generous: the fuzzer's instruments slow a target down ten times or more. Time that others take from the
/// processor isn't counted.
enum WorkMeter {
    /// What a run may take whatever its input, in nanoseconds.
    private static let allowance = 50_000_000
    /// What a run may take for each byte of its input, in nanoseconds.
    private static let factor = 10_000

    /// Runs `body`, and aborts if it took too long three times: the first time tables may be made, or pages fetched.
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
