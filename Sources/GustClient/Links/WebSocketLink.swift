import GustClientWire
import GustFraming
import GustHTTP
import GustWire
import NIOCore
import NIOHTTP1

/// The client's end of a WebSocket (RFC 6455).
///
/// Frames that are sent are collected in one buffer, which is written once for many of them. While the channel isn't writable the
/// buffer isn't written, so that its length is what waits.
///
/// `@unchecked Sendable`: used on the loop of the environment only.
final class WebSocketLink: ClientLink, @unchecked Sendable {
    /// Bytes that are collected before they are written without being flushed.
    private static let chunk = 65_536
    private let environment: LinkEnvironment
    private let target: String
    /// Nil when the link has ended, so that the two don't keep each other.
    private var receiver: (any LinkReceiver)?
    private var upgrade: WebSocketOpening?
    private var framing: RFC6455Framing?
    /// Whether frames are written without compression.
    private var isPlain = false
    private var context: ChannelHandlerContext?
    private var output = ByteBuffer()
    private var input = ByteBuffer()
    private var writesInFlight = 0
    private var bytesInFlight = 0
    private var isReading = true
    private var isSkippedRead = false
    /// Whether the HTTP handlers have left the pipeline; before that they would take a frame that is written for a request.
    private var hasBegun = false
    private var hasEnded = false
    private var hasSentClose = false
    private var isClosing = false

    let transport: String

    init(_ environment: LinkEnvironment, _ kind: ClientTransport, sid: String?, _ receiver: any LinkReceiver) {
        self.environment = environment
        self.receiver = receiver
        transport = kind.rawValue
        target = ClientGrammar.of(environment.settings.revision).get(environment.grammarPath, kind, sid)
    }

    // MARK: ClientLink

    var bufferedBytes: Int { output.readableBytes + bytesInFlight }

    var isCongested: Bool { output.readableBytes > 0 || !(context?.channel.isWritable ?? false) }

    func open() {
        let opening = WebSocketOpening(environment, target, self) { outcome in self.opened(outcome) }
        upgrade = opening
        let bound = NIOLoopBound(opening, eventLoop: environment.eventLoop)
        let limit = TimeAmount(environment.settings.connectTimeout)
        environment.dialer.dial(environment.server, environment.eventLoop, limit) { channel in
            try bound.value.add(to: channel)
        }.assumeIsolated().whenComplete { outcome in
            switch outcome {
            case .success(let channel): if self.hasEnded { channel.close(promise: nil) }
            case .failure(let error): self.end(ClientError(opening: error))
            }
        }
    }

    func send(_ frame: Frame) {
        guard !hasSentClose, !isClosing else { return }
        switch frame {
        case .text(let bytes): write(.text, bytes)
        case .binary(let bytes): write(.binary, bytes)
        }
        if output.readableBytes >= Self.chunk { writeOutput() }
    }

    func flush() {
        writeOutput()
        context?.flush()
    }

    func setReceiver(_ receiver: any LinkReceiver) { self.receiver = receiver }

    func greeted(sid: String, maximumPayload: Int) {}

    func setReading(_ isReading: Bool) {
        guard self.isReading != isReading else { return }
        self.isReading = isReading
        guard isReading else { return }
        takeInput()
        if isSkippedRead {
            isSkippedRead = false
            context?.read()
        }
    }

    func close(with farewell: Frame?) {
        guard !hasEnded, !isClosing else { return }
        guard context != nil else { return end(.transportClosed) }
        if let farewell { send(farewell) }
        sendClose(.normalClosure)
        isClosing = true
    }

    func abort() {
        hasEnded = true
        receiver = nil
        upgrade?.abort()
        upgrade = nil
        context?.close(promise: nil)
        output = ByteBuffer()
        input = ByteBuffer()
    }

    // MARK: Opening

    private func opened(_ outcome: Result<RFC6455Framing, ClientError>) {
        upgrade = nil
        switch outcome {
        case .failure(let error): end(error)
        case .success(let framing):
            self.framing = framing
            isPlain = framing.isPlain
        }
    }

    // MARK: Sending

    private func write(_ kind: WebSocketOutput, _ payload: ByteBuffer) {
        // Nothing is written before the handshake has ended.
        guard hasBegun else { return }
        if isPlain {
            RFC6455Framing.write(kind, payload, maskedBy: environment.resources.masking.next(), into: &output)
        } else {
            framing?.write(kind, payload, into: &output)
        }
    }

    private func writeOutput(isFinal: Bool = false) {
        guard let context, output.readableBytes > 0, isFinal || context.channel.isWritable else { return }
        let length = output.readableBytes
        writesInFlight += 1
        bytesInFlight += length
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.written(length) }
        // The channel keeps the buffer until it is written, so the next one begins empty; the write may be completed at once.
        let bytes = output
        output = ByteBuffer()
        context.write(NIOAny(bytes), promise: promise)
    }

    private func written(_ length: Int) {
        writesInFlight -= 1
        bytesInFlight -= length
        guard !hasEnded, writesInFlight == 0 else { return }
        if output.readableBytes > 0 { flush() } else { receiver?.linkDrained(self) }
    }

    private func sendClose(_ code: WebSocketCloseCode?) {
        guard !hasSentClose else { return }
        var payload = ByteBuffer()
        if let code { payload.writeInteger(code.rawValue) }
        write(.close, payload)
        hasSentClose = true
        writeOutput(isFinal: true)
        context?.flush()
    }

    // MARK: Receiving

    private func takeInput() {
        while isReading, !hasEnded, var framing {
            self.framing = nil
            var inputs: [WebSocketInput] = []
            let isInterrupted = framing.read(&input, into: &inputs)
            self.framing = framing
            guard !inputs.isEmpty else { break }
            for input in inputs where !hasEnded { take(input) }
            guard !hasEnded else { return }
            receiver?.linkFinishedReading(self)
            guard isInterrupted else { break }
        }
        // The rest is a part of a frame. An idle connection doesn't keep the storage of a long read.
        input = input.readableBytes == 0 ? ByteBuffer() : input.detached
    }

    private func take(_ input: WebSocketInput) {
        switch input {
        case .text(let bytes): receiver?.link(self, received: .text(bytes))
        case .binary(let bytes): receiver?.link(self, received: .binary(bytes))
        case .ping(let payload):
            // A server that doesn't read its pongs gets no further ones (RFC 6455 §5.5.3 lets them be left out).
            guard !hasSentClose, output.readableBytes <= environment.settings.limits.maximumBufferedBytes else {
                return
            }
            write(.pong, payload)
            flush()
        case .pong: break
        case .close(let code, let reason):
            sendClose(code)
            let isOrderly = code == nil || code == .normalClosure || code == .goingAway || code == .serviceRestart
            let text = reason.utf8.isEmpty ? "" : " (\(reason))"
            end(isOrderly ? .transportClosed : .protocolViolation("closed with code \(code?.rawValue ?? 0)\(text)"))
        case .failure(let code):
            sendClose(code)
            end(.protocolViolation("a WebSocket frame that must be answered with close code \(code.rawValue)"))
        }
    }

    private func end(_ error: ClientError) {
        guard !hasEnded else { return }
        let receiver = receiver
        abort()
        receiver?.link(self, ended: error)
    }
}

extension WebSocketLink: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// Called when the HTTP handlers have left the pipeline.
    func begin() {
        guard !hasEnded else { return }
        hasBegun = true
        receiver?.linkOpened(self)
        takeInput()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !hasEnded else { return }
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        if hasBegun, isReading { takeInput() }
    }

    func read(context: ChannelHandlerContext) {
        if isReading { context.read() } else { isSkippedRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { flush() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.transportClosed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(ClientError(exchanging: error))
    }
}

extension WebSocketLink: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
}
