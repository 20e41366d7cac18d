import GustCluster
import GustContract
import GustTesting
import GustWire
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// Operations on many sockets, over one server and over two servers of a cluster: both behave the same.
@Suite(.leavesNothing) struct ClusterTests {
    @Test(arguments: [1, 2])
    func `an event to everybody reaches the sockets of all servers once`(count: Int) async throws {
        let nodes = Nodes(count)
        let sockets = try await nodes.open(4)
        nodes.first.emit("news", 1, ByteBuffer(bytes: [1, 2]))
        await nodes.settle()
        for socket in sockets {
            let arguments = ["1", #"{"_placeholder":true,"num":0}"#]
            #expect(try await socket.next() == .event("news", arguments, attachments: [ByteBuffer(bytes: [1, 2])]))
            #expect(try await socket.nextIfAny() == nil)
        }
    }

    @Test(arguments: [1, 2])
    func `a message reaches the sockets of all servers`(count: Int) async throws {
        let nodes = Nodes(count)
        let sockets = try await nodes.open(2)
        nodes.first.everybody.send(.text("e\u{301}"))
        await nodes.settle()
        for socket in sockets { #expect(try await socket.next() == .event("message", ["\"e\u{301}\""])) }
    }

    @Test(arguments: [1, 2])
    func `the newest value replaces older ones on all servers`(count: Int) async throws {
        let nodes = Nodes(count)
        let (first, last) = (nodes.clients[0], nodes.clients[count - 1])
        let targets = [try await first.pollingSession(), try await last.pollingSession()]
        for number in 1...3 { nodes.first.everybody.emitLatest("price", number) }
        await nodes.settle()
        #expect(try await first.get(targets[0]).text == #"42["price",3]"#)
        #expect(try await last.get(targets[1]).text == #"42["price",3]"#)
    }

    @Test(arguments: [1, 2])
    func `rooms and exclusions select the sockets of all servers`(count: Int) async throws {
        let nodes = Nodes(count)
        nodes.onConnect { socket in
            socket.on("join") { (room: String) in
                socket.join(room)
                return true
            }
        }
        let sockets = try await nodes.open(4)
        for (socket, room) in zip(sockets, ["red", "red", "blue", "muted"]) {
            _ = try await socket.emitWithAcknowledgement("join", room)
        }
        _ = try await sockets[1].emitWithAcknowledgement("join", "muted")
        nodes.last.to("red", "blue").except("muted").emit("x")
        await nodes.settle()
        #expect(try await sockets[0].nextIfAny() == .event("x", []))
        #expect(try await sockets[1].nextIfAny() == nil)
        #expect(try await sockets[2].nextIfAny() == .event("x", []))
        #expect(try await sockets[3].nextIfAny() == nil)
    }

    @Test(arguments: [1, 2])
    func `a socket's broadcast leaves the socket out, on all servers`(count: Int) async throws {
        let nodes = Nodes(count)
        nodes.onConnect { socket in socket.on("say") { socket.broadcast.emit("said") } }
        let sockets = try await nodes.open(3)
        try await sockets[0].emit("say")
        await nodes.settle()
        #expect(try await sockets[0].nextIfAny() == nil)
        #expect(try await sockets[1].nextIfAny() == .event("said", []))
        #expect(try await sockets[2].nextIfAny() == .event("said", []))
    }

    @Test(arguments: [1, 2])
    func `the sockets of all servers join and leave rooms`(count: Int) async throws {
        let nodes = Nodes(count)
        let sockets = try await nodes.open(2)
        nodes.first.everybody.join("a", "b")
        await nodes.settle()
        nodes.last.everybody.leave("b")
        await nodes.settle()
        nodes.last.to("a").emit("to a")
        nodes.last.to("b").emit("to b")
        await nodes.settle()
        for socket in sockets {
            #expect(try await socket.nextIfAny() == .event("to a", []))
            #expect(try await socket.nextIfAny() == nil)
        }
    }

    @Test(arguments: [1, 2])
    func `the sockets of all servers are disconnected`(count: Int) async throws {
        let nodes = Nodes(count)
        let sockets = try await nodes.open(2)
        nodes.first.everybody.disconnect()
        await nodes.settle()
        for socket in sockets { #expect(try await socket.next() == .disconnected) }
    }

    @Test(arguments: [1, 2])
    func `the sockets of all servers are fetched, and can be used`(count: Int) async throws {
        let nodes = Nodes(count)
        let name = SocketDataKey<String>("name")
        nodes.onConnect { socket in socket.data[name] = "e\u{301} of \(socket.id)" }
        let sockets = try await nodes.open(2)
        nodes.first.everybody.join("lobby")
        await nodes.settle()
        let fetched = await nodes.first.to("lobby").fetchSockets()
        #expect(fetched.silentNodes.isEmpty)
        #expect(Set(fetched.sockets.map(\.id)) == Set(sockets.map(\.id)))
        for socket in fetched.sockets {
            #expect(socket.rooms == ["lobby", socket.id])
            #expect(socket.data[name] == "e\u{301} of \(socket.id)")
            #expect(socket.snapshot.target.hasPrefix("/socket.io/?EIO=4"))
            socket.emit("poke", socket.id)
        }
        await nodes.settle()
        for socket in sockets { #expect(try await socket.next() == .event("poke", ["\"\(socket.id)\""])) }
        for socket in fetched.sockets where socket.id == sockets[1].id { socket.disconnect() }
        await nodes.settle()
        #expect(try await sockets[1].next() == .disconnected)
        #expect(try await sockets[0].nextIfAny() == nil)
    }

    @Test(arguments: [1, 2])
    func `local selects the sockets of one server`(count: Int) async throws {
        let nodes = Nodes(count)
        let sockets = try await nodes.open(2)
        nodes.first.everybody.local.emit("here")
        await nodes.settle()
        #expect(try await sockets[0].nextIfAny() == .event("here", []))
        #expect(try await sockets[1].nextIfAny() == (count == 1 ? .event("here", []) : nil))
    }

    // MARK: Acknowledgements

    @Test(arguments: [1, 2])
    func `the acknowledgements of all sockets are collected`(count: Int) async throws {
        let nodes = Nodes(count)
        let sockets = try await nodes.open(3)
        let replies = try nodes.first.everybody.emitWithAcknowledgement("ask", "?")
        await nodes.settle()
        for (number, socket) in sockets.enumerated() {
            #expect(try await socket.next() == .event("ask", ["\"?\""]))
            try await socket.acknowledge(number)
        }
        await nodes.settle()
        let answers = try await replies.all()
        #expect(Set(try answers.map { try $0.decode(Int.self, at: 0) }) == [0, 1, 2])
    }

    @Test(arguments: [1, 2])
    func `sockets that don't acknowledge in time are named`(count: Int) async throws {
        let nodes = Nodes(count)
        let sockets = try await nodes.open(2)
        let replies = try nodes.first.everybody.emitWithAcknowledgement("ask", timeout: .seconds(1))
        await nodes.settle()
        _ = try await sockets[0].next()
        try await sockets[0].acknowledge("yes")
        for client in nodes.clients { await client.advance(by: .seconds(2)) }
        await nodes.settle()
        let error = try await #require(throws: BroadcastError.self) { try await replies.all() }
        #expect(error.replies.count == 1)
        #expect(error.failures.map(\.socketID) == [sockets[1].id])
        #expect(error.failures.map { $0.result.failure } == [.timedOut])
        #expect(error.description == "1 sockets acknowledged the event, 1 did not")
    }

    @Test(arguments: [1, 2])
    func `a broadcast to nobody has no replies`(count: Int) async throws {
        let nodes = Nodes(count)
        _ = try await nodes.open(2)
        let replies = try nodes.first.to("nowhere").emitWithAcknowledgement("ask")
        await nodes.settle()
        #expect(try await replies.all().isEmpty)
    }

    @Test(arguments: [1, 2])
    func `a remote socket acknowledges`(count: Int) async throws {
        let nodes = Nodes(count)
        let sockets = try await nodes.open(2)
        let remote = try #require(await nodes.first.everybody.fetchSockets().sockets.first { $0.id == sockets[1].id })
        async let answer = remote.emitWithAcknowledgement("ask", 7)
        #expect(try await sockets[1].next() == .event("ask", ["7"]))
        try await sockets[1].acknowledge("seven")
        await nodes.settle()
        #expect(try await answer.decode(String.self, at: 0) == "seven")
    }

    @Test func `a broadcast that must be acknowledged refuses reserved names`() throws {
        let nodes = Nodes(1)
        #expect(throws: ReservedName.self) { try nodes.first.everybody.emitWithAcknowledgement("connect") }
    }
}

extension Result {
    /// The failure; nil if this is a success.
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
