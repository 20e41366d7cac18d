#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Calls of the operating system on a file descriptor.
package enum SocketDescriptor {
    /// Closes the descriptor; an error is ignored, because the descriptor is closed in any case.
    package static func close(_ descriptor: CInt) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }

    /// Makes another descriptor of the same socket, with a number of at least `minimum`, which other programs don't inherit.
    ///
    /// - Throws: ``SocketFailure`` if the process has no free descriptors.
    package static func duplicate(_ descriptor: CInt, minimum: CInt = 64) throws(SocketFailure) -> CInt {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, minimum)
        guard copy >= 0 else { throw .system(errno) }
        return copy
    }
}
