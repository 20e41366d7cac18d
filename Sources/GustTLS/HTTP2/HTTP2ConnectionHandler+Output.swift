#if TLS
import GustServer
import HTTPTypes
import NIOCore
import NIOHPACK
import NIOHTTP2

/// Writes the frames of the exchanges.
extension HTTP2ConnectionHandler: HTTPStreamOutput {
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func writeInformation(_ status: HTTPResponse.Status, _ fields: HTTPFields, on stream: Int) {
        let headers = HPACKHeaders(informing: status, fields)
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
        write(payload, on: stream, sent: sent)
    }

    private func write(_ payload: HTTP2Frame.FramePayload, on stream: Int, sent: ((Bool) -> Void)?) {
        guard let sent else { return write(payload, on: stream) }
        guard let context else { return sent(false) }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            if case .success = result { sent(true) } else { sent(false) }
        }
        context.write(wrapOutboundOut(HTTP2Frame(streamID: HTTP2StreamID(stream), payload: payload)), promise: promise)
    }

    func writeTrailers(_ fields: HTTPFields, on stream: Int, sent: ((Bool) -> Void)?) {
        let headers = HPACKHeaders(trailers: fields)
        write(.headers(HTTP2Frame.FramePayload.Headers(headers: headers, endStream: true)), on: stream, sent: sent)
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

    func hold(_ change: Int, on stream: Int) {
        heldBytes += change
        guard change < 0 else { return }
        releaseWindow()
        if let exchange = streams[stream] { releaseWindow(of: exchange, stream) }
    }

    /// SwiftNIO reports each change of a window, also by padding and by frames that it drops.
    func windowChanged(_ event: NIOHTTP2WindowUpdatedEvent) {
        guard event.streamID != .rootStream else {
            guard let size = event.inboundWindowSize, size != window else { return }
            window = size
            return releaseWindow()
        }
        let stream = Int(event.streamID)
        guard let exchange = streams[stream] else { return }
        exchange.progressed()
        exchange.window = event.inboundWindowSize
        releaseWindow(of: exchange, stream)
    }

    /// Lets the peer send more, once half of the connection's window is used up.
    func releaseWindow() {
        let increment = HTTP2Bounds.connectionWindow - window - heldBytes
        guard increment >= HTTP2Bounds.connectionWindow / 2 else { return }
        window += increment
        write(.windowUpdate(windowSizeIncrement: increment), on: 0)
        flush()
    }

    /// Lets the peer send more of a body, once half of its window is used up.
    private func releaseWindow(of exchange: HTTPStreamExchange, _ stream: Int) {
        // After the end of the body, nobody needs its window.
        guard let window = exchange.window, !exchange.hasReceivedEnd else { return }
        let increment = HTTP2Bounds.streamWindow - window - exchange.heldBytes
        guard increment >= HTTP2Bounds.streamWindow / 2 else { return }
        exchange.window = window + increment
        write(.windowUpdate(windowSizeIncrement: increment), on: stream)
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
