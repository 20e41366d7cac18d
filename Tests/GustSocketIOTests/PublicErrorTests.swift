import GustHTTP
import GustTesting
import HTTPTypes
import Testing

@testable import GustSocketIO

/// Which errors of user code are sent to clients with their text.
@Suite(.leavesNothing) struct PublicErrorTests {
    private struct Secret: Error, CustomStringConvertible {
        var description: String { "postgres://admin:hunter2@db" }
    }

    private enum ChatError: PublicError {
        case nameIsTaken
        var publicText: String { "somebody else is called that" }
    }

    private let io = SocketIO()

    @Test func `the public text of an error that comes with Gust is its message`() throws {
        #expect(HTTPError(.conflict, "the room is full").publicText == "the room is full")
        #expect(ConnectError("members only").publicText == "members only")
        #expect(try ConnectError("members only", data: 1).publicText == "members only")
    }

    @Test func `an application declares errors whose text is public`() async throws {
        io.onConnect { socket in
            socket.on("join") { (_: String) throws -> Int in throw ChatError.nameIsTaken }
        }
        let socket = try await TestClient(EndpointHarness(io)).open()
        let answer = try await socket.emitWithAcknowledgement("join", "ada")
        #expect(answer == [#"{"error":"\#(ChatError.nameIsTaken.publicText)"}"#])
    }

    @Test func `only the text of a public error is sent in an acknowledgement`() async throws {
        io.onError { _, _, _ in }
        io.onConnect { socket in
            socket.on("secret") { () throws -> Int in throw Secret() }
            socket.on("told") { () throws -> Int in throw HTTPError(.conflict, "the room is full") }
        }
        let socket = try await TestClient(EndpointHarness(io)).open()
        #expect(try await socket.emitWithAcknowledgement("secret") == [#"{"error":"the handler failed"}"#])
        #expect(try await socket.emitWithAcknowledgement("told") == [#"{"error":"the room is full"}"#])
    }

    @Test(arguments: [
        (Secret() as any Error & Sendable, #"{"message":"refused"}"#),
        (ConnectError("members only"), #"{"message":"members only"}"#),
        (HTTPError(.forbidden, "not you"), #"{"message":"not you"}"#),
    ])
    func `only the text of a public error is sent in a refusal`(
        error: any Error & Sendable,
        payload: String
    ) async throws {
        io["/"].use { (_: Socket) throws in throw error }
        let client = TestClient(EndpointHarness(io))
        do {
            _ = try await client.open()
            Issue.record("the client was admitted")
        } catch TestError.unexpected(let text) {
            #expect(text == payload)
        }
    }

    @Test func `a handshake that is refused by another error gets no text of the error`() async throws {
        var settings = SocketIOSettings()
        settings.admit = { _ in throw Secret() }
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        let response = try await client.get("/socket.io/?EIO=4&transport=polling")
        #expect(response.text == #"{"code":4,"message":"Forbidden"}"#)
    }
}
