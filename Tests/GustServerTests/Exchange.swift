import NIOCore
import NIOPosix

/// One exchange over a connection of its own.
enum Exchange {
    /// Sends each part in a write of its own, and returns all bytes until the end of the connection.
    static func send(_ parts: [ByteBuffer], to address: SocketAddress) async throws -> String {
        let received = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: ByteBuffer.self)
        let client: any Channel
        do {
            client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Collector(received))
                    }
                }
                .connect(to: address).get()
        } catch {
            received.fail(error)
            throw error
        }
        // The server may have closed the connection before the last part.
        for part in parts { try? await client.writeAndFlush(part).get() }
        return String(buffer: try await received.futureResult.get())
    }

    static func send(_ text: String, to address: SocketAddress) async throws -> String {
        try await send([ByteBuffer(string: text)], to: address)
    }
}
