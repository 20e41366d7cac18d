#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes out what was printed: a pipe is buffered, and whoever started us waits for the line with the address.
func flushOutput() {
    fflush(nil)
}
