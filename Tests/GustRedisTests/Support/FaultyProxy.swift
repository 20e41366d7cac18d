#if Redis
import GustRedis
import NIOCore
import NIOPosix
import Synchronization

/// A proxy between clients and a Redis that can stop passing bytes, as a network that is partitioned does, or pass them late.
///
/// Its connections stay open all the time: neither side is told anything.
final class FaultyProxy: Sendable {
    private enum Mode {
        case passing
        case stopped
        case late(TimeAmount)
    }

    private struct State {
        var mode = Mode.passing
        /// What was received while the proxy was stopped, in its order.
        var held: [(any Channel, ByteBuffer)] = []
    }

    private let listener: any Channel
    private let state: Box

    /// The state, which the handlers share.
    private final class Box: Sendable {
        let state = Mutex(State())

        /// Passes bytes to the other side, now or later.
        func pass(_ bytes: ByteBuffer, to other: any Channel) {
            let delay = state.withLock { state -> TimeAmount? in
                switch state.mode {
                case .passing: return .zero
                case .late(let delay): return delay
                case .stopped:
                    state.held.append((other, bytes))
                    return nil
                }
            }
            guard let delay else { return }
            if delay == .zero { return other.writeAndFlush(bytes, promise: nil) }
            other.eventLoop.scheduleTask(in: delay) { other.writeAndFlush(bytes, promise: nil) }
        }

        func set(_ mode: Mode) {
            let held = state.withLock { state in
                state.mode = mode
                defer { if case .stopped = mode {} else { state.held = [] } }
                return if case .stopped = mode { [] as [(any Channel, ByteBuffer)] } else { state.held }
            }
            for (channel, bytes) in held { channel.writeAndFlush(bytes, promise: nil) }
        }
    }

    /// Listens on a free port, for the Redis on `port`.
    ///
    /// - Throws: An error if it can't listen.
    init(to port: Int) async throws {
        let box = Box()
        state = box
        // All channels are on one loop, so that the order is kept.
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        listener = try await ServerBootstrap(group: loop)
            .childChannelInitializer { client in
                client.setOption(.autoRead, value: false).flatMap {
                    ClientBootstrap(group: loop)
                        .channelInitializer { server in
                            server.eventLoop.makeCompletedFuture {
                                try server.pipeline.syncOperations.addHandler(Passing(box, to: client))
                            }
                        }
                        .connect(host: "127.0.0.1", port: port)
                }.flatMapThrowing { server in
                    try client.pipeline.syncOperations.addHandler(Passing(box, to: server))
                }.flatMap { client.setOption(.autoRead, value: true) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// The settings of clients whose connections go through the proxy.
    var settings: RedisSettings { RedisSettings(.host("127.0.0.1", port: listener.localAddress?.port ?? 0)) }

    /// Holds all bytes back, in both directions.
    func stop() { state.set(.stopped) }

    /// Passes the bytes that were held, and further ones at once.
    func pass() { state.set(.passing) }

    /// Passes bytes after a delay in each direction.
    func delay(by delay: TimeAmount) { state.set(.late(delay)) }

    func close() async throws { try await listener.close() }

    private final class Passing: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let box: Box
        private let other: any Channel

        init(_ box: Box, to other: any Channel) {
            self.box = box
            self.other = other
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { box.pass(unwrapInboundIn(data), to: other) }
        func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
#endif
