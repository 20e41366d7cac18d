import GustAdapter
import GustWire
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// A client that moves to another loop while its session is on its way from another node.
@Suite(.leavesNothing) struct RestorationMoveTests {
    @Test func `a client that upgrades on another loop while its session is on its way continues its socket`() throws {
        let (io, adapter, loops) = Self.server()
        let session = SocketSession(
            id: "id",
            pid: "pid",
            rooms: ["room"],
            data: .emptyObject,
            offset: nil,
            missed: [SocketSession.MissedPacket(offset: "1", .event(name: "missed", Arguments()))]
        )
        let greeting = try loops.text(of: loops.ask("/socket.io/?EIO=4&transport=polling", on: loops.first))
        let start = try #require(greeting.firstRange(of: #""sid":""#)?.upperBound)
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(greeting[start...].prefix(20))"
        _ = try loops.ask(target, by: .post, body: #"40{"pid":"pid"}"#, on: loops.first)
        loops.first.turn { io.to("room").emit("first") }
        let webSocket = try loops.candidate(target, on: loops.second)
        try loops.second.turn { try webSocket.send(.text("2probe")) }
        loops.settle()
        #expect(webSocket.take() == .text("3probe"))
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.settle()
        loops.second.turn { io.to("room").emit("second") }
        loops.first.turn { io.to("other").emit("not for it") }
        loops.settle()
        loops.first.turn { adapter.answer(session) }
        // The broadcast is sent while the session is between the loops.
        loops.second.turn()
        io.to("room").emit("third")
        loops.settle()
        var names: [String] = []
        while case .text(let text)? = webSocket.take() {
            names.append(text.hasPrefix("40") ? text : String(text.split(separator: "\"")[1]))
        }
        #expect(names == ["missed", "first", "second", "third", #"40{"sid":"id","pid":"pid"}"#])
        #expect(io.connections.all.first?.rootSocket?.rooms.sorted() == ["id", "room"])
        loops.first.turn { io.to("room").emit("live") }
        loops.settle()
        loops.second.advance(by: .milliseconds(2))
        guard case .text(let live)? = webSocket.take() else { throw TestError.closed }
        #expect(live.hasPrefix(#"42["live""#))
    }

    private static func server() -> (SocketIO, AskedAdapter, TwoLoops) {
        let adapter = Mutex<AskedAdapter?>(nil)
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        settings.adapter = { local in
            let made = AskedAdapter(local)
            adapter.withLock { $0 = made }
            return made
        }
        let io = SocketIO(settings)
        _ = io["/"]
        let loops = TwoLoops(io)
        return (io, adapter.withLock { $0 } ?? AskedAdapter(io["/"].local), loops)
    }
}
