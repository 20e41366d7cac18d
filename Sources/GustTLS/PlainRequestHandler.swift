#if TLS
import NIOCore

/// Answers a request that was sent without TLS to the port of TLS: 400 with a text, as a browser can't show anything else.
///
/// The first byte of TLS is that of a handshake record, 0x16 (RFC 8446 §5.1); a request of HTTP begins with a letter. The handler
/// removes itself when TLS begins. What else begins is left to TLS, which closes the connection.
final class PlainRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let text: StaticString = "This port speaks TLS: use a URL that begins with https://\n"

    private var isRefusing = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // After the answer, the rest of the request is dropped: unread bytes would reset the connection, and the answer with it.
        guard !isRefusing else { return }
        let bytes = unwrapInboundIn(data)
        guard let first = bytes.readableBytesView.first else { return }
        guard first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z") else {
            context.fireChannelRead(data)
            return context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
        isRefusing = true
        var answer = context.channel.allocator.buffer(capacity: 256)
        answer.writeString(
            """
            HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n\
            Content-Length: \(Self.text.utf8CodeUnitCount)\r\nConnection: close\r\n\r\n\(Self.text)
            """
        )
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        // The deadline of the handshake ends the connection if the peer doesn't.
        context.close(mode: .output, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !isRefusing { context.fireChannelReadComplete() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard isRefusing, let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        context.close(promise: nil)
    }
}
#endif
