#if Redis
import GustCluster
import GustHTTP
import GustWire
import NIOCore
import Synchronization

/// One stream: its reader, which passes each entry to the namespace that it belongs to, and its writer.
final class RedisStream: Sendable {
    /// Takes the entries of one namespace.
    typealias Receiver = @Sendable (_ id: StreamID, _ entry: StreamEntry) -> Void

    private struct State {
        var receivers: [ByteText: Receiver] = [:]
        var isReading = false
        /// The id of the last entry that was read; nil until the end of the stream is known.
        var position: StreamID?
        /// The id after which the reader began; nil until then.
        var start: StreamID?
        /// Called when the end of the stream is known.
        var waiting: [@Sendable () -> Void] = []
        /// How many reads have failed one after the other.
        var failures = 0
    }

    let name: String
    let options: RedisStreamsAdapter.Options
    /// For commands that reply at once.
    let client: RedisClient
    /// For reads that wait.
    private let reader: RedisClient
    let writer: StreamWriter
    private let state = Mutex(State())

    init(_ name: String, client: RedisClient, options: RedisStreamsAdapter.Options) {
        self.name = name
        self.client = client
        self.options = options
        reader = RedisClient(client.settings, eventLoop: client.eventLoop)
        writer = StreamWriter(name, client: client, options: options)
    }

    /// The id of the last entry that was read.
    var position: StreamID? { state.withLock { $0.position } }

    /// Calls `body` with the id of the last entry that was read, and with the id after which the reader began; later if it hasn't begun yet.
    ///
    /// On the loop of the client no entry is read meanwhile.
    func whenReading(_ body: @escaping @Sendable (_ position: StreamID, _ start: StreamID) -> Void) {
        let bounds = state.withLock { state -> (StreamID, StreamID)? in
            if let position = state.position, let start = state.start { return (position, start) }
            state.waiting.append { [weak self] in self?.whenReading(body) }
            return nil
        }
        if let bounds { body(bounds.0, bounds.1) }
    }

    // MARK: Receivers

    /// Begins to pass the entries of a namespace; the first call begins to read.
    ///
    /// - Parameters:
    ///   - namespace: the name of the namespace.
    ///   - receive: takes the entries that are added from now on.
    ///   - ready: is called once, when no further entry is missed.
    func join(_ namespace: String, _ receive: @escaping Receiver, ready: @escaping @Sendable () -> Void) {
        let (begins, isReady) = state.withLock { state in
            state.receivers[ByteText(namespace)] = receive
            if state.position == nil { state.waiting.append(ready) }
            defer { state.isReading = true }
            return (!state.isReading, state.position != nil)
        }
        if isReady { ready() }
        if begins { findEnd() }
    }

    /// Ends what ``join(_:_:ready:)`` began; without receivers, the reader ends.
    func leave(_ namespace: String) {
        state.withLock { state in
            state.receivers[ByteText(namespace)] = nil
            if state.receivers.isEmpty { state.isReading = false }
        }
    }

    // MARK: Reading

    /// Finds the end of the stream, so that nothing is missed between two reads.
    private func findEnd() {
        guard state.withLock({ $0.isReading }) else { return }
        let command = RedisCommand("XREVRANGE", name, "+", "-", "COUNT", "1")
        reader.send(command, deadline: options.publishTimeout) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let reply):
                let last = reply.elements?.first?.elements?.first?.bytes.flatMap { StreamID(String(buffer: $0)) }
                let waiting = state.withLock { state in
                    state.position = state.position ?? last ?? StreamID("0-0")
                    state.start = state.start ?? state.position
                    defer { state.waiting = [] }
                    return state.waiting
                }
                for ready in waiting { ready() }
                read()
            case .failure: retry { $0.findEnd() }
            }
        }
    }

    /// Reads the next entries, and then those after them.
    private func read() {
        guard let position = state.withLock({ $0.isReading ? $0.position : nil }) else { return close() }
        let block = max(1, Int(options.blockTime / .milliseconds(1)))
        let command = RedisCommand(
            "XREAD",
            "COUNT",
            String(options.readCount),
            "BLOCK",
            String(block),
            "STREAMS",
            name,
            position.description
        )
        reader.send(command, deadline: options.blockTime + .seconds(5)) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let reply):
                state.withLock { $0.failures = 0 }
                for (id, entry) in Self.entries(of: reply) { take(id, entry) }
                read()
            case .failure: retry { $0.read() }
            }
        }
    }

    private func close() {
        Task { [reader] in await reader.close() }
    }

    private func take(_ id: StreamID, _ entry: StreamEntry?) {
        let receive = state.withLock { state -> Receiver? in
            state.position = id
            return entry.flatMap { state.receivers[ByteText($0.namespace)] }
        }
        if let receive, let entry { receive(id, entry) }
    }

    /// Repeats a step after a pause, because Redis is away; the client itself connects again.
    private func retry(_ step: @escaping @Sendable (RedisStream) -> Void) {
        let failures = state.withLock { state in
            state.failures = min(state.failures + 1, 5)
            return state.failures
        }
        client.eventLoop.scheduleTask(in: .milliseconds(25 << Int64(failures))) { [weak self] in
            if let self { step(self) }
        }
    }

    /// The entries of one stream in the reply to XREAD: pairs in RESP3, an array of pairs in RESP2.
    private static func entries(of reply: RESPValue) -> [(StreamID, StreamEntry?)] {
        switch reply {
        case .map(let pairs) where pairs.count >= 2: entries(pairs[1])
        case .array(let streams): streams.first?.elements.map { $0.count >= 2 ? entries($0[1]) : [] } ?? []
        default: []
        }
    }

    /// The entries in the reply to XRANGE; nil stands for an entry that is no message.
    static func entries(_ list: RESPValue) -> [(StreamID, StreamEntry?)] {
        (list.elements ?? []).compactMap { element in
            guard let parts = element.elements, parts.count >= 2,
                let id = parts[0].bytes.flatMap({ StreamID(String(buffer: $0)) })
            else { return nil }
            return (id, parts[1].elements.flatMap { StreamEntry($0) })
        }
    }
}
#endif
