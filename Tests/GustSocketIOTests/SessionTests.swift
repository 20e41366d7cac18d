import GustHTTP
import GustSeed
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// The session of a connection without the middleware `Sessions`.
@Suite(.leavesNothing) struct SessionTests {
    private func json(_ text: String) throws -> JSONSlice { try JSONSlice(validating: ByteBuffer(string: text)) }

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

    @Test(arguments: ClientProfile.all)
    func `a session keeps its values between messages and belongs to one client`(profile: ClientProfile) async throws {
        let store = MemorySessionStore()
        var settings = SocketIOSettings()
        settings.sessionStore = store
        let io = SocketIO(settings)
        Counting.serve(on: io["/"])
        io.onConnect { socket in socket.on("save") { () async throws in try await socket.session.save() } }
        let client = TestClient(EndpointHarness(io))
        let first = try await client.open(profile)
        let second = try await client.open(profile)
        for count in 1...3 {
            try await first.send("x")
            #expect(try await first.nextMessage() == .json(try json("\(count)")))
        }
        try await second.send("x")
        #expect(try await second.nextMessage() == .json(try json("1")))
        guard profile.revision.hasEvents else { return }
        _ = try await first.emitWithAcknowledgement("save")
        #expect(store.count == 1)
        // The id of the session is the sid.
        let connection = try #require(io.connections.all.first { store.load($0.sid) != nil })
        #expect(connection.session.id == connection.sid)
        #expect(throws: SessionError.boundToConnection) { try connection.session.renew() }
        // No later connection can use the session, so it is removed.
        try await client.onLoop { connection.close(.forcedServerClose) }
        await client.advance(by: .seconds(100))
        try await client.wait(for: "the removal of the session") { store.count == 0 }
    }
}
