#if Redis
import GustRedis
import Logging
import NIOCore
import NIOEmbedded
import Synchronization

@testable import GustRedis

/// A server that a test plays, on a loop whose clock the test advances.
final class ScriptedRedis: Sendable {
    let loop = NIOAsyncTestingEventLoop()
    private let channels = Mutex<[NIOAsyncTestingChannel]>([])
    private let refusals = Mutex(0)

    /// The number of connections that were made or tried.
    var connections: Int { channels.withLock { $0.count } }

    /// Refuses this many connections from now on.
    func refuse(_ count: Int) { refusals.withLock { $0 = count } }

    /// A client of this server.
    func client(_ edit: (inout RedisSettings) -> Void = { _ in }) -> RedisClient {
        var settings = RedisSettings()
        edit(&settings)
        let connector = RedisConnector { [self] loop, setup in
            let channel = NIOAsyncTestingChannel(loop: self.loop)
            channels.withLock { $0.append(channel) }
            let isRefused = refusals.withLock { count in
                count -= 1
                return count >= 0
            }
            if isRefused { return loop.makeFailedFuture(RedisError.unreachable("refused")) }
            return setup(channel).flatMapThrowing { try SocketAddress(ipAddress: "127.0.0.1", port: 6_379) }
                .flatMap { channel.connect(to: $0) }.map { channel }
        }
        return RedisClient(
            settings,
            eventLoop: loop,
            connector: connector,
            logger: Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func channel(_ number: Int) -> NIOAsyncTestingChannel { channels.withLock { $0[number] } }

    /// Whether a connection is open.
    func isOpen(_ number: Int) -> Bool { channel(number).isActive }

    /// What has been written on a connection since the last call, as one text for each write.
    func written(_ number: Int) async throws -> [String] {
        var texts: [String] = []
        while let buffer = try await channel(number).readOutbound(as: ByteBuffer.self) {
            texts.append(String(buffer: buffer))
        }
        return texts
    }

    /// Sends bytes on a connection.
    func send(_ text: String, _ number: Int) async throws {
        try await channel(number).writeInbound(ByteBuffer(string: text))
        await loop.run()
    }

    /// Lets a connection finish its handshake.
    func welcome(_ number: Int) async throws {
        await loop.run()
        try await send("%0\r\n+PONG\r\n", number)
        _ = try await written(number)
    }
}
#endif
