import GustClientWire
import GustWire
import NIOCore
import NIOHTTP1

/// The client's end of a transport over requests: a `GET` is kept pending, and each batch of frames is a `POST`.
///
/// The response to the `GET` is one batch (polling), or doesn't end (the streaming transports of 0.6 and 0.9).
///
/// `@unchecked Sendable`: used on the loop of the environment only.
final class PollingLink: ClientLink, @unchecked Sendable {
    /// The length of a response with at most a noop, in bytes.
    private static let uselessLength = 3
    private static let uselessTime = TimeAmount.milliseconds(100)
    private static let uselessPollsAtOnce = 5

    private let environment: LinkEnvironment
    private let kind: ClientTransport
    private let revision: Revision
    private let grammar: ClientGrammar
    /// Nil when the link has ended, so that the two don't keep each other.
    private var receiver: (any LinkReceiver)?
    private let polls: RequestLane
    private let posts: RequestLane
    private var sid: String?
    private var maximumPayload = 1_000_000
    private var queue = PostQueue()
    private var response: (head: HTTPResponseHead, body: ByteBuffer)?
    private var stream: StreamedPayloads?
    private var isReading = true
    /// How many polls in a row were answered at once with nothing but a noop or less.
    private var uselessPolls = 0
    private var pollStart = NIODeadline.uptimeNanoseconds(0)
    private var pollTimer: Scheduled<Void>?
    private var hasEnded = false
    private var isClosing = false
    private var pause: (() -> Void)?
    private var isPaused = false

    init(
        _ environment: LinkEnvironment,
        _ kind: ClientTransport,
        sid: String?,
        _ receiver: any LinkReceiver
    ) {
        self.environment = environment
        self.kind = kind
        revision = environment.settings.revision
        grammar = .of(revision)
        self.sid = sid
        self.receiver = receiver
        polls = RequestLane(environment)
        posts = RequestLane(environment)
    }

    // MARK: ClientLink

    var transport: String { kind.first }

    var bufferedBytes: Int { queue.bytes }

    var isCongested: Bool { posts.isBusy || !queue.isEmpty }

    func open() { poll() }

    func send(_ frame: Frame) { queue.add(frame) }

    func flush() {
        guard !hasEnded, !posts.isBusy, sid != nil, !queue.isEmpty else { return }
        post(queue.takeBatch(upTo: maximumPayload))
    }

    func setReceiver(_ receiver: any LinkReceiver) { self.receiver = receiver }

    func greeted(sid: String, maximumPayload: Int) {
        self.sid = sid
        self.maximumPayload = maximumPayload
    }

    func setReading(_ isReading: Bool) {
        guard self.isReading != isReading else { return }
        self.isReading = isReading
        if stream != nil { polls.setReading(isReading) }
        if isReading { poll() }
    }

    func close(with farewell: Frame?) {
        guard !hasEnded else { return }
        isClosing = true
        if let farewell { queue.add(farewell) }
        // Without a session there is nobody to say it to.
        guard sid != nil, posts.isBusy || !queue.isEmpty else { return end(.transportClosed) }
        flush()
    }

    func abort() {
        hasEnded = true
        receiver = nil
        pause = nil
        pollTimer?.cancel()
        polls.abort()
        posts.abort()
    }

    /// Sends no further requests, and calls `body` when those that are on their way have ended.
    func pause(_ body: @escaping () -> Void) {
        isPaused = true
        pollTimer?.cancel()
        pollTimer = nil
        pause = body
        checkPause()
    }

    // MARK: Receiving

    private func poll() {
        guard !hasEnded, !isPaused, isReading, !polls.isBusy, pollTimer == nil else { return }
        pollStart = environment.eventLoop.now
        let target = grammar.get(environment.grammarPath, kind, sid)
        stream = kind.streamedForm.map {
            StreamedPayloads($0, maximumLength: environment.settings.limits.maximumPayload)
        }
        response = nil
        let head = environment.head.head(.GET, target, [("Accept", "*/*")])
        polls.send(head, nil, deadline: nil) { [weak self] event in self?.take(event) }
    }

    private func take(_ event: RequestLane.Event) {
        guard !hasEnded else { return }
        switch event {
        case .head(let head): response = (head, ByteBuffer())
        case .body(let bytes): take(bytes)
        case .end: takeEnd()
        case .failed(let error): end(error)
        }
    }

    private func take(_ bytes: ByteBuffer) {
        guard response != nil else { return }
        if response?.head.status == .ok, stream != nil { return takeStreamed(bytes) }
        let limit = environment.settings.limits.maximumPayload
        guard let length = response?.body.readableBytes, bytes.readableBytes <= limit - length else {
            return end(.protocolViolation("a response to a poll is longer than \(limit) bytes"))
        }
        response?.body.writeImmutableBuffer(bytes)
    }

    private func takeStreamed(_ bytes: ByteBuffer) {
        do throws(WireError) {
            var payloads: [ByteBuffer] = []
            try stream?.read(bytes) { payloads.append($0) }
            for payload in payloads { try deliver(payload, isBinary: false) }
            guard !hasEnded else { return }
            receiver?.linkFinishedReading(self)
        } catch {
            end(.protocolViolation(error.description))
        }
    }

    private func takeEnd() {
        guard let (head, body) = response else { return }
        response = nil
        guard head.status == .ok else { return end(ResponseCheck.error(head, body)) }
        // A streamed response that ends is the end of the connection.
        guard stream == nil else { return end(.transportClosed) }
        do throws(WireError) {
            let payload = kind.isScript ? try ScriptPayload.read(body) : body
            try deliver(payload, isBinary: head.hasBinaryBody)
        } catch {
            return end(.protocolViolation(error.description))
        }
        guard !hasEnded else { return }
        receiver?.linkFinishedReading(self)
        checkPause()
        pollAgain(after: body.readableBytes)
    }

    /// Polls again: at once, unless the server answers poll after poll without keeping one pending and says nothing.
    private func pollAgain(after length: Int) {
        let isUseless = length <= Self.uselessLength && environment.eventLoop.now - pollStart < Self.uselessTime
        uselessPolls = isUseless ? uselessPolls + 1 : 0
        guard uselessPolls > Self.uselessPollsAtOnce else { return poll() }
        let delay = Self.uselessTime * Int64(min(uselessPolls - Self.uselessPollsAtOnce, 10))
        pollTimer = environment.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            self?.pollTimer = nil
            self?.poll()
        }
    }

    private func deliver(_ payload: ByteBuffer, isBinary: Bool) throws(WireError) {
        // The response to a poll may be empty (0.6, 0.9).
        guard payload.readableBytes > 0 || revision.engineIOVersion != nil else { return }
        var limits = PayloadLimits()
        limits.maximumPackets = environment.settings.limits.maximumPackets
        try revision.payload.decode(payload, isBinary: isBinary, limits: limits) { frame in
            guard !hasEnded else { return }
            receiver?.link(self, received: frame)
        }
    }

    // MARK: Sending

    private func post(_ frames: [Frame]) {
        let (payload, isBinary) = revision.payload.encode(
            frames,
            supportsBinary: kind.postsBinary
        )
        let body = grammar.body(payload, kind)
        let isForm = grammar.postsForms || kind.isScript
        let type =
            isBinary
            ? "application/octet-stream"
            : isForm ? "application/x-www-form-urlencoded" : "text/plain;charset=UTF-8"
        let target = grammar.post(environment.grammarPath, kind, sid ?? "")
        let head = environment.head.head(
            .POST,
            target,
            [("Content-Type", type), ("Content-Length", String(body.readableBytes)), ("Accept", "*/*")]
        )
        var status: HTTPResponseHead?
        var answer = ByteBuffer()
        posts.send(head, body, deadline: environment.settings.connectTimeout) { [weak self] event in
            guard let self, !hasEnded else { return }
            switch event {
            case .head(let head): status = head
            case .body(let bytes):
                // The body says `ok` or `1`; of a refusal only the beginning is quoted.
                if answer.readableBytes < 1_024 { answer.writeImmutableBuffer(bytes) }
            case .failed(let error): end(error)
            case .end:
                guard let status, status.status == .ok else {
                    return end(status.map { ResponseCheck.error($0, answer) } ?? .transportClosed)
                }
                posted()
            }
        }
    }

    private func posted() {
        queue.posted()
        guard queue.isEmpty else { return flush() }
        receiver?.linkDrained(self)
        guard !hasEnded else { return }
        if isClosing { end(.transportClosed) } else { checkPause() }
    }

    private func checkPause() {
        guard isPaused, !polls.isBusy, !posts.isBusy, queue.isEmpty, let pause else { return }
        self.pause = nil
        pause()
    }

    // MARK: The end

    private func end(_ error: ClientError) {
        guard !hasEnded else { return }
        let receiver = receiver
        abort()
        receiver?.link(self, ended: error)
    }
}

extension HTTPResponseHead {
    /// Whether the body is the binary form of a payload (Engine.IO 3).
    fileprivate var hasBinaryBody: Bool {
        guard let type = headers.first(name: "Content-Type") else { return false }
        return type.utf8.starts(with: "application/octet-stream".utf8)
    }
}
