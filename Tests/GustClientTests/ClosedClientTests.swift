import GustWire
import Testing

@testable import GustClient

/// What the program asks of a client that it has closed; each world checks that nothing of the client is left.
@Suite(.timeLimit(.minutes(1))) struct ClosedClientTests {
    @Test func `handlers that are added to a closed client keep nothing alive`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, _) = try await world.connected(client)
            let closing = world.start { await client.close() }
            await world.advance(by: .seconds(10))
            try await closing.value
            socket.on("news") { (_: SocketEvent) in _ = socket.id }
            socket.once("news") { (_: SocketEvent) in _ = socket.id }
            socket.onAny { _ in _ = socket.id }
            socket.onAnyOutgoing { _, _ in _ = socket.id }
            socket.onMessage { _ in _ = socket.id }
            socket.onConnect { _ = socket.id }
            socket.onDisconnect { _ in _ = socket.id }
            socket.onConnectError { _ in _ = socket.id }
            client.onError { _, _, _ in _ = client.state }
            _ = client.socket("/a") { () async throws -> String in client.state.description }
            for await _ in socket.events { Issue.record("an event") }
        }
    }

    @Test func `handlers that refer to their client are freed when it is closed`() async throws {
        try await virtually { world in
            let client = try world.client()
            let socket = client.socket("/") { () async throws -> String in client.state.description }
            client.onError { _, _, _ in _ = client.state }
            socket.onAny { _ in _ = socket.id }
            socket.onDisconnect { _ in _ = socket.id }
            socket.open()
            await world.settle()
            let closing = world.start { await client.close() }
            await world.advance(by: .seconds(10))
            try await closing.value
        }
    }

    @Test func `an event of a closed client is told to the handlers of errors that are there`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, _) = try await world.connected(client)
            let errors = Log<ClientError?>()
            client.onError { error, _, _ in errors.add(error as? ClientError) }
            socket.onDisconnect { _ in socket.emit("late") }
            let closing = world.start { await client.close() }
            await world.advance(by: .seconds(10))
            try await closing.value
            #expect(errors.values == [.closed])
        }
    }
}
