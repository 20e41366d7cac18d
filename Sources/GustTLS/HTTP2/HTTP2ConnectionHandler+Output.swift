#if TLS
import GustServer
import HTTPTypes
import NIOCore
import NIOHPACK
import NIOHTTP2

/// Writes the frames of the exchanges.
extension HTTP2ConnectionHandler: HTTPStreamOutput {
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func writeInformation(_ status: HTTPResponse.Status, on stream: Int) {
        let headers = HPACKHeaders([(":status", String(status.code))])
        write(.headers(HTTP2Frame.FramePayload.Headers(headers: headers)), on: stream)
    }

    func writeHead(
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        length: Int?,
        date: String,
        endsStream: Bool,
        on stream: Int
    ) {
        let headers = HPACKHeaders(status, fields, length: length, date: date)
        write(.headers(HTTP2Frame.FramePayload.Headers(headers: headers, endStream: endsStream)), on: stream)
    }

    func write(_ bytes: ByteBuffer, endsStream: Bool, on stream: Int, sent: ((Bool) -> Void)?) {
        let payload = HTTP2Frame.FramePayload.data(
            HTTP2Frame.FramePayload.Data(data: .byteBuffer(bytes), endStream: endsStream)
        )
        guard let sent else { return write(payload, on: stream) }
        guard let context else { return sent(false) }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            if case .success = result { sent(true) } else { sent(false) }
        }
        context.write(wrapOutboundOut(HTTP2Frame(streamID: HTTP2StreamID(stream), payload: payload)), promise: promise)
    }

    func reset(_ reason: HTTPStreamResetReason, on stream: Int) {
        let code: NIOHTTP2.HTTP2ErrorCode =
            switch reason {
            case .answered: .noError
            case .timeout: .cancel
            case .failure: .internalError
            }
        write(.rstStream(code), on: stream)
        flush()
    }

    func release(_ count: Int, on stream: Int) {
        unreleased += count
        if unreleased >= HTTP2Bounds.connectionWindow / 2 {
            write(.windowUpdate(windowSizeIncrement: unreleased), on: 0)
            unreleased = 0
            flush()
        }
        // After the end of the body, nobody needs the window of the stream.
        guard let exchange = streams[stream], !exchange.hasReceivedEnd else { return }
        exchange.unreleased += count
        guard exchange.unreleased >= HTTP2Bounds.streamWindow / 2 else { return }
        write(.windowUpdate(windowSizeIncrement: exchange.unreleased), on: stream)
        exchange.unreleased = 0
        flush()
    }

    func flush() {
        if !isInReadBurst { context?.flush() }
    }

    func write(_ payload: HTTP2Frame.FramePayload, on stream: Int) {
        guard let context else { return }
        context.write(wrapOutboundOut(HTTP2Frame(streamID: HTTP2StreamID(stream), payload: payload)), promise: nil)
    }
}
#endif
