import GustWire
import Testing

@testable import GustClient

/// Credentials of attempts and of namespaces, which the client asks the program for.
@Suite(.timeLimit(.minutes(1))) struct CredentialTests {
    /// Questions that the test answers, in any order.
    private final class Questions<Answer: Sendable>: Sendable {
        private let waiting = Log<CheckedContinuation<Answer, any Error>>()

        var count: Int { waiting.values.count }

        func ask() async throws -> Answer { try await withCheckedThrowingContinuation { waiting.add($0) } }

        func answer(_ index: Int, _ answer: Result<Answer, any Error>) { waiting.values[index].resume(with: answer) }
    }

    private struct Expired: Error {}

    @Test func `credentials are asked for before each attempt`() async throws {
        try await virtually { world in
            let questions = Questions<ClientCredentials>()
            let client = try world.client(
                "http://server",
                .webSocket.with { $0.credentials = { try await questions.ask() } }
            )
            client.socket().open()
            for attempt in 0..<3 {
                try await world.until("a question") { questions.count == attempt + 1 }
                #expect(!world.hasPeer)
                questions.answer(attempt, .success(ClientCredentials(query: [("token", "t\(attempt)")])))
                try await world.until("an attempt") { world.hasPeer }
                let peer = try world.peer()
                let request = try peer.accept()
                #expect(request.target == "/socket.io/?EIO=4&transport=websocket&token=t\(attempt)")
                peer.end()
                await world.advance(by: .seconds(5))
            }
            try await world.until("a question") { questions.count == 4 }
            questions.answer(3, .failure(Expired()))
        }
    }

    @Test func `an attempt fails with the error of its credentials`() async throws {
        try await virtually { world in
            let settings = ClientSettings.webSocket.with { $0.credentials = { throw Expired() } }
            let client = try world.client("http://server", settings)
            let errors = Log<Bool>()
            client.onError { error, _, _ in errors.add(error is Expired) }
            client.socket().open()
            try await world.until("the failure") { errors.values == [true] }
            #expect(
                client.state
                    == .waiting(attempt: 2, delay: .seconds(1), .connectionFailed("no credentials: Expired()"))
            )
            #expect(world.dials == 0)
        }
    }

    @Test func `credentials that come after the deadline of their attempt aren't those of the next one`() async throws {
        try await virtually { world in
            let questions = Questions<ClientCredentials>()
            let client = try world.client(
                "http://server",
                .webSocket.with { $0.credentials = { try await questions.ask() } }
            )
            client.socket().open()
            try await world.until("a question") { questions.count == 1 }
            await world.advance(by: .seconds(20))
            #expect(client.state == .waiting(attempt: 2, delay: .seconds(1), .timedOut("the attempt to connect")))
            await world.advance(by: .seconds(1))
            try await world.until("a second question") { questions.count == 2 }
            questions.answer(0, .success(ClientCredentials(query: [("token", "old")])))
            questions.answer(1, .success(ClientCredentials(query: [("token", "new")])))
            try await world.until("an attempt") { world.hasPeer }
            #expect(try world.peer().request().target.hasSuffix("&token=new"))
            #expect(world.dials == 1)
        }
    }

    @Test func `a late failure of credentials doesn't end the next attempt`() async throws {
        try await virtually { world in
            let questions = Questions<ClientCredentials>()
            let client = try world.client(
                "http://server",
                .webSocket.with { $0.credentials = { try await questions.ask() } }
            )
            let errors = Log<Bool>()
            client.onError { error, _, _ in errors.add(error is Expired) }
            client.socket().open()
            try await world.until("a question") { questions.count == 1 }
            client.socket().disconnect()
            client.socket().open()
            try await world.until("a second question") { questions.count == 2 }
            questions.answer(0, .failure(Expired()))
            questions.answer(1, .success(ClientCredentials()))
            try await world.until("an attempt") { world.hasPeer }
            #expect(client.state == .connecting(attempt: 1))
            #expect(errors.values.isEmpty)
        }
    }

    // MARK: Namespaces

    @Test func `the payload of CONNECT is asked for whenever the socket is connected`() async throws {
        try await virtually { world in
            let questions = Questions<String>()
            let client = try world.client()
            let socket = client.socket { ["token": try await questions.ask()] }
            socket.open()
            for attempt in 0..<3 {
                await world.settle()
                let peer = try world.greeted()
                try await world.until("a question") { questions.count == attempt + 1 }
                #expect(peer.received() == [], "nothing is sent before the answer")
                questions.answer(attempt, .success("t\(attempt)"))
                try await world.until("CONNECT") { peer.unread().isEmpty == false }
                #expect(peer.received() == [#"40{"token":"t\#(attempt)"}"#])
                peer.message(#"40{"sid":"id"}"#)
                #expect(socket.isConnected)
                peer.end()
                await world.advance(by: .seconds(1))
            }
            try await world.until("the last question") { questions.count == 3 }
        }
    }

    @Test func `a socket whose credentials fail isn't connected`() async throws {
        try await virtually { world in
            let client = try world.client()
            let socket = client.socket("/admin") { () async throws -> String in throw Expired() }
            let connecting = world.start { try await socket.connect() }
            await world.settle()
            let peer = try world.greeted()
            await #expect(throws: ClientError.connectionFailed("no credentials for /admin: Expired()")) {
                try await connecting.value
            }
            await world.settle()
            #expect(peer.received() == [], "the server wasn't asked for the namespace, so nothing is said about it")
            #expect(client.state == .idle)
        }
    }

    @Test func `a socket that is connected again while its credentials are awaited asks once for its namespace`()
        async throws
    {
        try await virtually { world in
            let questions = Questions<String>()
            let client = try world.client()
            let (_, peer) = try await world.connected(client)
            let socket = client.socket("/admin") { try await questions.ask() }
            socket.open()
            try await world.until("a question") { questions.count == 1 }
            socket.disconnect()
            socket.open()
            try await world.until("a second question") { questions.count == 2 }
            questions.answer(0, .success("old"))
            questions.answer(1, .success("new"))
            try await world.until("CONNECT") { peer.unread().isEmpty == false }
            await world.settle()
            #expect(peer.received() == [#"40/admin,"new""#])
        }
    }
}
