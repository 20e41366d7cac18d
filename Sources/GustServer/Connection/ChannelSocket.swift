import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The socket of a channel, to which bytes and parts of files are written past the channel.
///
/// The channel may hold no output meanwhile, because that must be sent first, and no handler of its pipeline may change what is
/// written. A short message costs about 4,000 instructions less than by way of the pipeline and the queue of the channel, a part of a file
/// 12,000 less.
struct ChannelSocket {
    private let core: any NIOTransportAccessibleChannelCore<NIOBSDSocket.Handle>

    /// The socket of a channel; ``ChannelSockets`` finds it.
    init(_ core: any NIOTransportAccessibleChannelCore<NIOBSDSocket.Handle>) { self.core = core }

    /// Hands bytes to the operating system, and returns how many it has taken, without waiting.
    ///
    /// It takes none if its buffer is full and if the socket is closed or has failed. An error isn't reported: if the rest is
    /// written to the channel, the channel meets the same one.
    ///
    /// If a part of a file is written next (`fileFollows`), its beginning shares a packet with the bytes. Without the part, the bytes
    /// would be sent up to 200 ms later.
    func write(_ bytes: UnsafeRawBufferPointer, fileFollows: Bool = false) -> Int {
        let written = try? core.withUnsafeTransport { Self.write(bytes, to: $0, fileFollows: fileFollows) }
        return written ?? 0
    }

    /// The descriptor of the socket; nil if the socket is closed.
    ///
    /// It is valid until the loop runs other code than the caller's, because nobody else closes the socket. After that it may be the descriptor
    /// of another connection.
    var descriptor: NIOBSDSocket.Handle? { try? core.withUnsafeTransport { $0 } }

    /// Hands bytes to the operating system, as ``write(_:fileFollows:)-(UnsafeRawBufferPointer,Bool)``.
    static func write(
        _ bytes: UnsafeRawBufferPointer,
        to descriptor: NIOBSDSocket.Handle,
        fileFollows: Bool = false
    ) -> Int {
        max(0, send(descriptor, bytes.baseAddress, bytes.count, fileFollows ? flagsBeforeFile : flags))
    }

    /// Asks the channel for the next read, which it would be asked for by an event through its whole pipeline otherwise.
    ///
    /// To be called when a read is complete, unless reading has to pause.
    func requestRead() { core.read0() }

    #if os(Linux)
    /// Hands a part of a file to the operating system, and returns how many bytes of it that has taken, without waiting for the peer.
    ///
    /// It takes all, fewer, or none for the same reasons as of ``write(_:fileFollows:)``, and also if the file ends before the part does.
    /// The position of the descriptor is neither used nor changed, so that others may use the descriptor at the same time.
    func write(_ part: FileRegion) -> Int {
        // For a closed connection, `sendfile` raises a signal, which SwiftNIO has the process ignore.
        let written = try? part.fileHandle.withUnsafeFileDescriptor { file in
            try core.withUnsafeTransport { socket in
                var offset = off_t(part.readerIndex)
                return sendfile(socket, file, &offset, part.readableBytes)
            }
        }
        return max(0, written ?? 0)
    }

    /// A closed connection is an error and not a signal.
    private static let flags = CInt(MSG_NOSIGNAL)
    private static let flagsBeforeFile = flags | CInt(MSG_MORE)
    #else
    /// Takes nothing: the channel sends files.
    func write(_ part: FileRegion) -> Int { 0 }

    /// SwiftNIO has set `SO_NOSIGPIPE`.
    private static let flags: CInt = 0
    private static let flagsBeforeFile = flags
    #endif
}
