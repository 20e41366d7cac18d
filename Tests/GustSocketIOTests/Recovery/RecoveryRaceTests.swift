import HTTPTypes
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// Clients that return over several connections at once, on two loops that the test runs in turn.
@Suite(.leavesNothing) struct RecoveryRaceTests {
    private let io: SocketIO
    private let loops: TwoLoops

    init() {
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        io = SocketIO(settings)
        io.onConnect { $0.join("room") }
        loops = TwoLoops(io)
    }

    /// Opens a polling connection; returns the target of its requests.
    private func open(on loop: HandTurnedLoop) throws -> String {
        let greeting = try loops.text(of: loops.ask("/socket.io/?EIO=4&transport=polling", on: loop))
        let start = try #require(greeting.firstRange(of: #""sid":""#)?.upperBound)
        return "/socket.io/?EIO=4&transport=polling&sid=\(greeting[start...].prefix(20))"
    }

    /// The value of a member of a JSON text.
    private func member(_ name: String, of text: String) throws -> String {
        let start = try #require(text.firstRange(of: "\"\(name)\":\"")?.upperBound)
        return String(text[start...].prefix { $0 != "\"" })
    }

    @Test func `a client that returns twice before the first hand-over has begun continues its socket by the second`()
        throws
    {
        let lost = try open(on: loops.first)
        _ = try loops.ask(lost, by: .post, body: "40", on: loops.first)
        let answer = try loops.text(of: loops.ask(lost, on: loops.first))
        let pid = try member("pid", of: answer)
        let connect = #"40{"pid":"\#(pid)"}"#

        // Both payloads are received before the first loop runs.
        let second = try open(on: loops.second)
        let third = try open(on: loops.second)
        _ = try loops.ask(second, by: .post, body: connect, on: loops.second)
        _ = try loops.ask(third, by: .post, body: connect, on: loops.second)
        io.to("room").emit("news")
        loops.settle()

        let poll = try loops.ask(third, on: loops.second)
        loops.settle()
        let text = try loops.text(of: poll)
        #expect(text.contains(#"42["news","#))
        #expect(try member("sid", of: text) == member("sid", of: answer))
        #expect(io["/"].socketCount == 1)
        #expect(io.recoverable[pid]?.isConnected == true)
        // The connection between them has ended, as if the server had noticed that it was cut.
        let ended = try loops.ask(second, on: loops.second)
        loops.settle()
        #expect(try ended.outcome?.get().status.code == 400)
    }

    @Test func `each of several waiting connections gets its turn, and the last keeps the socket`() throws {
        let lost = try open(on: loops.first)
        _ = try loops.ask(lost, by: .post, body: "40", on: loops.first)
        let pid = try member("pid", of: try loops.text(of: loops.ask(lost, on: loops.first)))
        let targets = try (0..<5).map { try open(on: $0 % 2 == 0 ? loops.second : loops.first) }
        for (index, target) in targets.enumerated() {
            let loop = index % 2 == 0 ? loops.second : loops.first
            _ = try loops.ask(target, by: .post, body: #"40{"pid":"\#(pid)"}"#, on: loop)
        }
        // Each hand-over takes some turns of both loops.
        for _ in targets { loops.settle() }
        #expect(io["/"].socketCount == 1)
        #expect(io.connectionCount == 1)
        #expect(io.recoverable.lostCount == 0)
        #expect(io.recoverable[pid]?.isConnected == true)
    }
}
