#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ends the process with an explanation if `condition` is false; the fuzzer keeps the input.
func require(_ condition: Bool, _ explanation: @autoclosure () -> String) {
    guard !condition else { return }
    print("property broken:", explanation())
    fflush(nil)
    abort()
}
