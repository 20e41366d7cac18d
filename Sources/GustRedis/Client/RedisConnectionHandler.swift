#if Redis
import NIOCore

/// Reads the replies of one channel and gives them to its connection.
final class RedisConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: RedisConnection
    private let attempt: Int
    private var parser: RESPParser
    private var error: RedisError?

    /// Makes the handler of the attempt to connect with the number `attempt`.
    init(_ connection: RedisConnection, attempt: Int) {
        self.connection = connection
        self.attempt = attempt
        parser = RESPParser(connection.settings.replyLimits)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard error == nil else { return }
        var input = unwrapInboundIn(data)
        do throws(RESPError) {
            while let value = try parser.next(&input) { connection.receive(value, attempt: attempt) }
        } catch {
            fail(error, context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        connection.readCompleted(attempt: attempt)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.channelEnded(error ?? .connectionLost("the server closed it"), attempt: attempt)
    }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        let error = self.error ?? RedisError.open(error)
        self.error = error
        connection.channelEnded(error, attempt: attempt)
        context.close(promise: nil)
    }
}
#endif
