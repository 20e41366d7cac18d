import GustServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A pipe through which the next process tells that it listens.
struct ReadinessPipe: Sendable {
    /// The state of the next process, as far as the pipe shows it.
    enum State { case waiting, ready, ended }

    private static let message = Array("READY=1\n".utf8)

    /// The descriptor that is read; it doesn't block.
    let reading: CInt
    /// The descriptor that the next process inherits.
    let writing: CInt

    /// - Throws: ``SocketFailure`` if the process has no free descriptors.
    init() throws(SocketFailure) {
        var ends: (CInt, CInt) = (-1, -1)
        let result = withUnsafeMutableBytes(of: &ends) { pipe($0.bindMemory(to: CInt.self).baseAddress) }
        guard result == 0 else { throw .system(errno) }
        reading = ends.0
        _ = fcntl(ends.0, F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends.1, F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends.0, F_SETFL, O_NONBLOCK)
        defer { SocketDescriptor.close(ends.1) }
        do throws(SocketFailure) {
            writing = try SocketDescriptor.duplicate(ends.1)
        } catch {
            SocketDescriptor.close(ends.0)
            throw error
        }
    }

    /// Reads what the next process has written; all of it has to be there, because it is shorter than a pipe's unit.
    func state() -> State {
        var bytes = [UInt8](repeating: 0, count: Self.message.count)
        let count = read(reading, &bytes, bytes.count)
        if count == 0 { return .ended }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? .waiting : .ended }
        return bytes == Self.message ? .ready : .ended
    }

    /// Writes the message, and closes the descriptor.
    static func tell(_ descriptor: CInt) {
        // If the previous process has ended, nobody waits for the message; SwiftNIO ignores SIGPIPE.
        _ = write(descriptor, message, message.count)
        SocketDescriptor.close(descriptor)
    }
}
