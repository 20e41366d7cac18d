import GustTesting
import GustWire
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// The user's data of a session, and the store that keeps it.
@Suite struct SessionTests {
    /// A clock that only moves when a test says so.
    private final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { instant.withLock { $0 } }
        func advance(by time: Duration) { instant.withLock { $0 += time } }
    }

    private func json(_ text: String) throws -> JSONSlice { try JSONSlice(validating: ByteBuffer(string: text)) }

    @Test func `a session is kept for its lifetime after its last use`() throws {
        let clock = Clock()
        let store = MemorySessionStore(lifetime: .seconds(60)) { clock.now }
        store.save(["a": try json("1")], for: "x")
        clock.advance(by: .seconds(59))
        #expect(store.load("x")?.count == 1)
        clock.advance(by: .seconds(59))
        #expect(store.load("x")?.count == 1)
        clock.advance(by: .seconds(60))
        #expect(store.load("x") == nil)
        #expect(store.count == 0)
    }

    @Test func `a full store forgets who was used least recently`() throws {
        let clock = Clock()
        let store = MemorySessionStore(capacity: 3) { clock.now }
        for id in ["a", "b", "c"] {
            store.save([:], for: id)
            clock.advance(by: .seconds(1))
        }
        _ = store.load("a")
        clock.advance(by: .seconds(1))
        store.save([:], for: "d")
        #expect(store.count <= 3)
        #expect(store.load("b") == nil)
        #expect(store.load("a") != nil)
        #expect(store.load("d") != nil)
    }

    @Test func `values come out as they went in, and those of another type are an error`() throws {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 1_000)
        try session.set([1, 2], for: "list")
        #expect(try session.value([Int].self, for: "list") == [1, 2])
        #expect(try session.value(Int.self, for: "nothing") == nil)
        #expect(throws: (any Error).self) { try session.value(String.self, for: "list") }
        session.remove("list")
        #expect(try session.value([Int].self, for: "list") == nil)
    }

    @Test func `a session takes no more than its limit, and keeps what it had`() throws {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 20)
        try session.set("short", for: "a")
        #expect(throws: SessionError.tooLarge) { try session.set(String(repeating: "x", count: 20), for: "a") }
        #expect(try session.value(String.self, for: "a") == "short")
    }

    private struct Counting: SocketIOHandler {
        let socket: Socket
        func onMessage(_ message: Message) {
            do {
                let count = (try session.value(Int.self, for: "count") ?? 0) + 1
                try session.set(count, for: "count")
                try send(json: count)
            } catch {
                send("\(error)")
            }
        }
    }

    @Test(arguments: Carriage.all)
    func `a session lasts from message to message, and is its client's own`(carriage: Carriage) async throws {
        let store = MemorySessionStore()
        var settings = SocketIOSettings()
        settings.sessionStore = store
        let io = SocketIO(settings)
        Counting.serve(on: io["/"])
        io.onConnect { socket in socket.on("save") { () async throws in try await socket.session.save() } }
        let client = TestClient(EndpointHarness(io))
        let first = try await client.open(carriage)
        let second = try await client.open(carriage)
        for count in 1...3 {
            try await first.send("x")
            #expect(try await first.nextMessage() == .json(try json("\(count)")))
        }
        try await second.send("x")
        #expect(try await second.nextMessage() == .json(try json("1")))
        guard carriage.revision.hasEvents else { return }
        _ = try await first.emitWithAcknowledgement("save")
        #expect(store.count == 1)
    }
}
