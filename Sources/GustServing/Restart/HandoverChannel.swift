import GustServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The connection of a server to the next process, which agrees with it on who accepts.
///
/// Two processes don't accept from one socket at the same time: SwiftNIO requires in debug builds that a connection waits when the operating
/// system says so. Each message is one byte.
struct HandoverChannel: Sendable {
    enum Message: UInt8 {
        /// The next process can accept; it waits for ``go``.
        case ready = 0x52
        /// The server has paused: the next process accepts.
        case go = 0x47
        /// The next process accepts: the server drains.
        case accepting = 0x41
    }

    /// The end that this process uses; it doesn't block.
    let descriptor: CInt

    /// The channel of a process that has inherited its end.
    init(inherited descriptor: CInt) { self.descriptor = descriptor }

    /// Makes a channel, and a descriptor with a number of at least 64 for the other process.
    ///
    /// - Throws: ``SocketFailure`` if the process has no free descriptors.
    static func make() throws(SocketFailure) -> (own: HandoverChannel, other: CInt) {
        var ends: [CInt] = [-1, -1]
        #if canImport(Glibc)
        let result = socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends)
        #else
        let result = socketpair(AF_UNIX, SOCK_STREAM, 0, &ends)
        #endif
        guard result == 0 else { throw .system(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { SocketDescriptor.close(ends[1]) }
        do throws(SocketFailure) {
            return (HandoverChannel(inherited: ends[0]), try SocketDescriptor.duplicate(ends[1]))
        } catch {
            SocketDescriptor.close(ends[0])
            throw error
        }
    }

    /// Sends a message; if the other process has ended, the message is lost.
    func tell(_ message: Message) {
        var byte = message.rawValue
        #if canImport(Darwin)
        let flags = MSG_DONTWAIT
        #else
        let flags = CInt(MSG_DONTWAIT.integer | MSG_NOSIGNAL.integer)
        #endif
        _ = send(descriptor, &byte, 1, flags)
    }

    /// Waits for a message.
    ///
    /// - Returns: Whether it came: false if the other process has ended or sends something else, at the deadline, and after a cancellation.
    func receive(_ message: Message, until deadline: ContinuousClock.Instant) async -> Bool {
        var byte: UInt8 = 0
        while !Task.isCancelled {
            let count = recv(descriptor, &byte, 1, CInt(MSG_DONTWAIT.integer))
            if count == 1 { return byte == message.rawValue }
            guard count < 0, errno == EAGAIN || errno == EINTR, ContinuousClock.now < deadline else { return false }
            try? await Task.sleep(for: .milliseconds(2))
        }
        return false
    }

    /// Whether the other process has closed its end.
    var hasEnded: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, CInt(MSG_DONTWAIT.integer | MSG_PEEK.integer)) == 0
    }

    func close() { SocketDescriptor.close(descriptor) }
}

extension BinaryInteger {
    /// The number itself: the flags are of different types on Linux and on the systems of Apple.
    fileprivate var integer: Int { Int(self) }
}
