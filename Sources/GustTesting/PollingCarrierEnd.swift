import GustWire
import HTTPTypes
import NIOCore
import Synchronization

/// Frames over polls in memory: one `GET` is always pending, as with a real client.
final class PollingCarrierEnd: FrameCarrier {
    private struct State {
        var frames: [Frame] = []
        var poll: TestExchange?
        var isStopped = false
    }

    private let client: TestClient
    private let target: String
    private let payload: any PayloadCodec
    private let state = Mutex(State())

    init(client: TestClient, target: String, payload: any PayloadCodec) {
        self.client = client
        self.target = target
        self.payload = payload
    }

    func send(_ frames: [Frame]) async throws {
        let (body, isBinary) = payload.encode(frames, supportsBinary: false)
        let response = try await client.execute(
            .post,
            target,
            headers: [.contentType: isBinary ? "application/octet-stream" : "text/plain;charset=UTF-8"],
            body: body
        )
        guard response.status == .ok else { throw TestError.refused(response) }
    }

    func nextIfAny() async throws -> Frame? {
        if let frame = state.withLock({ $0.frames.isEmpty ? nil : $0.frames.removeFirst() }) { return frame }
        try await poll()
        return state.withLock { $0.frames.isEmpty ? nil : $0.frames.removeFirst() }
    }

    func drop() async throws {
        try await state.withLock { $0.poll }?.abort()
    }

    /// Keeps a poll pending and takes in what came by it.
    func poll() async throws {
        if state.withLock({ $0.poll == nil && !$0.isStopped }) {
            let exchange = try await client.start(.get, target)
            state.withLock { $0.poll = exchange }
        }
        guard let response = try await state.withLock({ $0.poll })?.finishedResponse() else { return }
        state.withLock { $0.poll = nil }
        guard response.status == .ok else { throw TestError.refused(response) }
        try take(response)
    }

    /// Takes in the frames of an answered poll.
    func take(_ response: TestResponse) throws {
        let isBinary = response.headers[.contentType] == "application/octet-stream"
        var frames: [Frame] = []
        try payload.decode(response.body, isBinary: isBinary, limits: PayloadLimits()) { frames.append($0) }
        state.withLock { $0.frames += frames }
    }

    /// No further poll is sent, because the client goes over to another transport.
    func stop() { state.withLock { $0.isStopped = true } }

    /// Whether a poll is pending.
    var isPolling: Bool { state.withLock { $0.poll != nil } }
}
