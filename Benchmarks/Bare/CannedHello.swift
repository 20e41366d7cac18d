import NIOCore

/// Answers each empty line, the end of a request's head, with the same response.
final class CannedHello: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let response = ByteBuffer(
        string: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!"
    )

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        let ends = bytes.withUnsafeReadableBytes { bytes in
            var count = 0
            var index = 3
            while index < bytes.count {
                if bytes[index] == 0x0A, bytes[index - 2] == 0x0A { count += 1 }
                index += 1
            }
            return count
        }
        for _ in 0..<ends { context.write(wrapOutboundOut(Self.response), promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
}
