import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The socket of a channel, to which bytes are written past the channel.
///
/// The channel may hold no output meanwhile, because that must be sent first, and no handler of its pipeline may change what is
/// written. A short message costs about 4,000 instructions less than by way of the pipeline and the queue of the channel.
struct ChannelSocket {
    private let core: any NIOTransportAccessibleChannelCore<NIOBSDSocket.Handle>

    /// The socket of `channel`; nil if the channel has none, as the channels of tests.
    init?(of channel: any Channel) {
        guard let core = channel as? any NIOTransportAccessibleChannelCore<NIOBSDSocket.Handle> else { return nil }
        self.core = core
    }

    /// Hands bytes to the operating system, and returns how many it has taken, without waiting.
    ///
    /// It takes none if its buffer is full and if the socket is closed or has failed. An error isn't reported: if the rest is
    /// written to the channel, the channel meets the same one.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        let written = try? core.withUnsafeTransport { send($0, bytes.baseAddress, bytes.count, Self.flags) }
        return max(0, written ?? 0)
    }

    #if canImport(Darwin)
    /// SwiftNIO has set `SO_NOSIGPIPE`.
    private static let flags: CInt = 0
    #else
    /// A closed connection is an error and not a signal.
    private static let flags = CInt(MSG_NOSIGNAL)
    #endif
}
