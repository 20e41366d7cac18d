import GustClientWire
import GustWire
import HTTPTypes
import NIOCore
import Synchronization

/// The client's end of a transport over HTTP requests: a `GET` is kept pending, and each batch of frames
/// is sent by a `POST`.
///
/// The response to the `GET` is one batch (polling), or doesn't end (streaming).
final class RequestTransportEnd: FrameCarrier {
    private struct State {
        var frames: [Frame] = []
        var get: TestExchange?
        var sid: String?
        var isStopped = false
        /// How many bytes of a streamed response have been processed.
        var taken = 0
        /// The reader of a response that doesn't end; nil for polls.
        var stream: StreamedPayloads?
    }

    /// How many bytes of a payload may be kept until it is complete.
    private static let maximumPayload = 64 << 20

    private let client: TestClient
    private let path: String
    private let transport: ClientTransport
    private let revision: Revision
    private let grammar: ClientGrammar
    private let query: String
    private let state = Mutex(State())

    init(
        client: TestClient,
        path: String,
        transport: ClientTransport,
        revision: Revision,
        query: String,
        sid: String?
    ) {
        self.client = client
        self.path = path
        self.transport = transport
        self.revision = revision
        self.query = query
        grammar = .of(revision)
        state.withLock { state in
            state.sid = sid
            state.stream = transport.streamedForm.map { StreamedPayloads($0, maximumLength: Self.maximumPayload) }
        }
    }

    /// Sets the sid for later requests.
    func setSession(_ sid: String) {
        state.withLock { $0.sid = sid }
    }

    func send(_ frames: [Frame]) async throws {
        let (payload, isBinary) = revision.payload.encode(frames, supportsBinary: transport.postsBinary)
        let sid = state.withLock { $0.sid } ?? ""
        let response = try await client.execute(
            .post,
            grammar.post(path, transport, sid) + query,
            headers: [.contentType: isBinary ? "application/octet-stream" : "text/plain;charset=UTF-8"],
            body: grammar.body(payload, transport)
        )
        guard response.status == .ok else { throw TestError.refused(response) }
    }

    func nextIfAny() async throws -> Frame? {
        if let frame = state.withLock({ $0.frames.isEmpty ? nil : $0.frames.removeFirst() }) { return frame }
        try await poll()
        return state.withLock { $0.frames.isEmpty ? nil : $0.frames.removeFirst() }
    }

    func close() async throws {
        stop()
        try await drop()
    }

    func drop() async throws {
        try await state.withLock { $0.get }?.abort()
    }

    /// Sends a `GET` if none is pending, and processes what its response contains so far.
    func poll() async throws {
        if state.withLock({ $0.get == nil && !$0.isStopped }) {
            let sid = state.withLock { $0.sid }
            let exchange = try await client.start(.get, grammar.get(path, transport, sid) + query)
            state.withLock { $0.get = exchange }
        }
        guard let get = state.withLock({ $0.get }) else { return }
        if transport.streamedForm != nil { try await takeStream(get) } else { try await takeAnswer(get) }
    }

    /// Sends no further polls, because the client changes to another transport.
    func stop() { state.withLock { $0.isStopped = true } }

    /// Whether a poll waits for its response.
    var isPolling: Bool { state.withLock { $0.get != nil } }

    private func takeAnswer(_ get: TestExchange) async throws {
        guard let response = try await get.finishedResponse() else { return }
        state.withLock { $0.get = nil }
        guard response.status == .ok else { throw TestError.refused(response) }
        let payload = transport.isScript ? try ScriptPayload.read(response.body) : response.body
        try take(payload, isBinary: response.headers[.contentType] == "application/octet-stream")
    }

    private func takeStream(_ get: TestExchange) async throws {
        let end = try await get.finishedResponse()
        if let end, end.status != .ok { throw TestError.refused(end) }
        let fresh = try await get.written(from: state.withLock { $0.taken })
        if fresh.readableBytes > 0 {
            let payloads = try state.withLock { state in
                state.taken += fresh.readableBytes
                var payloads: [ByteBuffer] = []
                try state.stream?.read(fresh) { payloads.append($0) }
                return payloads
            }
            for payload in payloads { try take(payload, isBinary: false) }
        }
        if end != nil, state.withLock({ $0.frames.isEmpty }) { throw TestError.closed }
    }

    private func take(_ payload: ByteBuffer, isBinary: Bool) throws {
        guard isBinary || payload.readableBytes > 0 else { return }
        var frames: [Frame] = []
        try revision.payload.decode(payload, isBinary: isBinary, limits: PayloadLimits()) { frames.append($0) }
        state.withLock { $0.frames += frames }
    }
}
