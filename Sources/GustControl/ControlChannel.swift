#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One end of the pair of sockets between the command `gust` and the application that it runs.
package struct ControlChannel: Sendable {
    /// The variable with the number of the descriptor that the application inherits.
    package static let variable = "GUST_CHANNEL_FD"
    /// The variable with what the application must do: `serve` or `routes`.
    package static let commandVariable = "GUST_COMMAND"

    /// The descriptor; it belongs to the owner of the channel.
    package let descriptor: CInt

    /// Makes the channel of a descriptor, which doesn't block from now on.
    package init(_ descriptor: CInt) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Makes both ends of a channel; nil if the process has no free descriptors.
    package static func pair() -> (own: ControlChannel, other: ControlChannel)? {
        var ends: [CInt] = [-1, -1]
        #if canImport(Glibc)
        let result = socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends)
        #else
        let result = socketpair(AF_UNIX, SOCK_STREAM, 0, &ends)
        #endif
        guard result == 0 else { return nil }
        return (ControlChannel(ends[0]), ControlChannel(ends[1]))
    }

    /// Sends a message; waits at most a second for an end that doesn't read, and then gives no more of it.
    ///
    /// - Returns: Whether all of the message was handed to the operating system.
    @discardableResult
    package func send(_ message: ControlMessage) -> Bool {
        var line = message.line[...]
        while !line.isEmpty {
            let count = line.withUnsafeBytes { Self.send(descriptor, $0) }
            if count > 0 {
                line.removeFirst(count)
                continue
            }
            if count < 0, errno == EINTR { continue }
            guard count < 0, errno == EAGAIN else { return false }
            var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&state, 1, 1_000) > 0 else { return false }
        }
        return true
    }

    /// Sends bytes without the signal that an end that is closed would cause.
    private static func send(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Darwin)
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<CInt>.size))
        return write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        return Musl.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        #else
        return Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        #endif
    }

    /// Reads what has arrived into `reader`.
    ///
    /// - Returns: The whole messages; nil if the other end has been closed.
    package func receive(_ reader: inout ControlReader) -> [ControlMessage]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &bytes, bytes.count)
        if count > 0 { return reader.feed(bytes[..<count]) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
    }

    /// Closes the descriptor.
    package func close() {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }
}
