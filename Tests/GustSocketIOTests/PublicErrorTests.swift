import GustHTTP
import GustTesting
import HTTPTypes
import Testing

@testable import GustSocketIO

/// What clients read of errors that user code threw, and what they don't.
@Suite(.leavesNothing) struct PublicErrorTests {
    private struct Secret: Error, CustomStringConvertible {
        var description: String { "postgres://admin:hunter2@db" }
    }

    private let io = SocketIO()

    @Test func `an error of user code is told apart from its text`() async throws {
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
    func `a middleware's refusal says no more than it means to`(
        error: any Error & Sendable,
        payload: String
    ) async throws {
        io["/"].use { (_: Socket) throws in throw error }
        let client = TestClient(EndpointHarness(io))
        do {
            _ = try await client.open()
            Issue.record("it was let in")
        } catch TestError.unexpected(let text) {
            #expect(text == payload)
        }
    }

    @Test func `a handshake that an unknown error refuses is merely forbidden`() async throws {
        var settings = SocketIOSettings()
        settings.admit = { _ in throw Secret() }
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        let response = try await client.get("/socket.io/?EIO=4&transport=polling")
        #expect(response.text == #"{"code":4,"message":"Forbidden"}"#)
    }
}
