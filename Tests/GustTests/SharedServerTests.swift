import Gust
import GustTesting
import Testing

/// One Socket.IO server on two routes, and operations on many sockets at once.
@Suite(.leavesNothing) struct SharedServerTests {
    private let io = SocketIO()
    private let client: TestClient

    init() throws {
        var app = Application()
        app.add(io.routes())
        app.add(io.routes("chat", extraRE: "(?P<room>[a-z]+)", extraSep: "/"))
        client = TestClient(try app.router())
    }

    @Test(arguments: ClientProfile.all)
    func `sockets on two routes of one server share its rooms`(profile: ClientProfile) async throws {
        let plain = try await client.open(profile)
        let captured = try await client.open("/chat/lobby", over: .webSocket)
        io.everybody.send(.text("to both"))
        #expect(try await plain.nextMessage() == .text("to both"))
        #expect(try await captured.nextMessage() == .text("to both"))
    }

    @Test func `a broadcast operator makes the selected sockets join and leave a room`() async throws {
        let first = try await client.open()
        let second = try await client.open()
        io.to(first.id).join("quiet")
        #expect(await io.to("quiet").sockets().map(\.id) == [first.id])
        io.to("quiet").emit("whisper")
        #expect(try await first.next() == .event("whisper", []))
        #expect(try await second.nextIfAny() == nil)
        io.to("quiet").leave("quiet")
        #expect(await io.to("quiet").sockets().isEmpty)
    }
}
