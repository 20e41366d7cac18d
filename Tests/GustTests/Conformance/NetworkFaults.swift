import NIOCore
import Synchronization

@testable import GustClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The network between one client and its server, which a test can cut, or let swallow everything.
final class NetworkFaults: Sendable {
    private let channels = Mutex<[any Channel]>([])
    private let swallows = Atomic<Bool>(false)
    private let polls = Atomic<Int>(0)

    /// How many responses with status 200 were received.
    var responses: Int { polls.load(ordering: .acquiring) }

    /// A dialer whose channels are of this network.
    func dialer(_ settings: ClientSettings) -> ServerDialer {
        let real = ServerDialer(settings) { _ in nil }
        return ServerDialer { server, eventLoop, timeout, prepare in
            real.dial(server, eventLoop, timeout) { channel in
                try channel.pipeline.syncOperations.addHandler(Wire(self))
                self.channels.withLock { $0.append(channel) }
                try prepare(channel)
            }
        }
    }

    /// From now on neither end receives what the other sends, nor that the other has closed the connection.
    func mute() { swallows.store(true, ordering: .releasing) }

    /// Closes all connections by a TCP reset.
    ///
    /// After a regular end of the stream the server could assume that the client still reads.
    func cut() {
        swallows.store(false, ordering: .releasing)
        let channels = channels.withLock { channels in
            defer { channels = [] }
            return channels
        }
        for channel in channels {
            // If the option can't be set, the connection is closed regularly.
            (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
            channel.close(promise: nil)
        }
    }

    /// The end of the client.
    private final class Wire: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundIn = ByteBuffer

        private let faults: NetworkFaults
        private var isMute: Bool { faults.swallows.load(ordering: .acquiring) }

        init(_ faults: NetworkFaults) { self.faults = faults }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !isMute else { return }
            if unwrapInboundIn(data).readableBytesView.starts(with: "HTTP/1.1 200 ".utf8) {
                faults.polls.add(1, ordering: .acquiringAndReleasing)
            }
            context.fireChannelRead(data)
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            if isMute { promise?.succeed() } else { context.write(data, promise: promise) }
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            if isMute { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
        }
    }
}
