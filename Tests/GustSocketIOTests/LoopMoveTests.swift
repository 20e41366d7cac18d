import GustAdapter
import GustHTTP
import GustWire
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// A connection that polls on one loop and upgrades on a WebSocket of another loop moves to that loop with its state.
@Suite(.leavesNothing) struct LoopMoveTests {
    private let io: SocketIO
    private let loops: TwoLoops

    init() { self.init(SocketIOSettings()) }

    private init(_ settings: SocketIOSettings) {
        let io = SocketIO(settings)
        self.io = io
        loops = TwoLoops(io)
        io.onConnect { socket in
            socket.join("lobby")
            socket.on("say") { (text: String) in socket.emit("said", text) }
            socket.on("shout") { (text: String) in socket.namespace.emit("shouted", text) }
            socket.on("both") {
                socket.namespace.emit("to all")
                socket.emit("to you")
            }
            socket.on("leave") {
                socket.namespace.emit("left")
                socket.emit("bye")
                socket.disconnect(closingConnection: true)
            }
        }
    }

    /// Removes and returns the messages that the client has received by a WebSocket.
    private func taken(_ webSocket: any WebSocketEnd) -> [TestWebSocket.Message] {
        var messages: [TestWebSocket.Message] = []
        while let message = webSocket.take() { messages.append(message) }
        return messages
    }

    /// Opens a connection and moves it to the second loop; returns its WebSocket.
    private func move() throws -> any WebSocketEnd {
        let (_, webSocket) = try loops.probe()
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.settle()
        return webSocket
    }

    /// Opens a connection that has arrived on the second loop, while the first loop may still forward packets.
    private func halfMove() throws -> (webSocket: any WebSocketEnd, connection: Connection) {
        let (_, webSocket) = try loops.probe()
        let connection = try #require(io.connections.all.first)
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.first.turn()
        loops.second.turn()
        return (webSocket, connection)
    }

    // MARK: The state that moves

    @Test func `a moved socket is in its rooms, and the pending poll is released`() throws {
        let (target, webSocket) = try loops.probe()
        let poll = try loops.ask(target, on: loops.first)
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.settle()
        #expect(try loops.text(of: poll) == "6")
        for loop in [loops.first, loops.second] {
            loop.turn { io.to("lobby").emit("news") }
            loops.settle()
            #expect(taken(webSocket) == [.text(#"42["news"]"#)])
        }
        #expect(io["/"].socketCount == 1)
    }

    @Test func `packets that waited for a poll are sent over the WebSocket`() throws {
        let (_, webSocket) = try loops.probe()
        loops.first.turn { io.emit("waited") }
        try loops.second.turn { try webSocket.send(.text("5")) }
        #expect(taken(webSocket) == [])
        loops.settle()
        #expect(taken(webSocket) == [.text(#"42["waited"]"#)])
    }

    @Test func `frames behind the upgrade are handled after the waiting packets have been sent`() throws {
        let (_, webSocket) = try loops.probe()
        loops.first.turn { io.emit("waited") }
        try loops.second.turn {
            try webSocket.send(.text("5"))
            try webSocket.send(.text(#"42["say","one"]"#))
            try webSocket.send(.text(#"42["shout","two"]"#))
        }
        loops.settle()
        #expect(
            taken(webSocket)
                == [#"42["waited"]"#, #"42["said","one"]"#, #"42["shouted","two"]"#].map { .text($0) }
        )
        try loops.second.turn { try webSocket.send(.text(#"42["say","three"]"#)) }
        #expect(taken(webSocket) == [.text(#"42["said","three"]"#)])
    }

    @Test func `a packet that is sent during the move doesn't overtake a broadcast`() throws {
        let (_, webSocket) = try loops.probe()
        try loops.second.turn {
            try webSocket.send(.text("5"))
            try webSocket.send(.text(#"42["both"]"#))
        }
        loops.settle()
        #expect(taken(webSocket) == [.text(#"42["to all"]"#), .text(#"42["to you"]"#)])
    }

    @Test func `a connection that is closed during the move sends its packets first`() throws {
        let (_, webSocket) = try loops.probe()
        try loops.second.turn {
            try webSocket.send(.text("5"))
            try webSocket.send(.text(#"42["leave"]"#))
        }
        loops.settle()
        #expect(Array(taken(webSocket).prefix(3)) == [#"42["left"]"#, #"42["bye"]"#, "41"].map { .text($0) })
        #expect(io.connectionCount == 0)
    }

    @Test func `a flush waits for packets that are held during the move`() async throws {
        let (continuations, made) = AsyncStream.makeStream(of: CheckedContinuation<Void, any Error>.self)
        let flush = Task { try await withCheckedThrowingContinuation { made.yield($0) } }
        var iterator = continuations.makeAsyncIterator()
        let continuation = try #require(await iterator.next())
        // The loops are made on this thread, which may be another one than before the suspension.
        let suite = LoopMoveTests()
        let (webSocket, connection) = try suite.halfMove()
        suite.loops.second.turn {
            connection.sockets.first?.emit("held")
            let waiter = FlushWaiter()
            if waiter.begin(continuation) { connection.whenFlushed(waiter) }
        }
        #expect(suite.taken(webSocket) == [])
        #expect(connection.flushWaiters.count == 1)
        suite.loops.settle()
        #expect(suite.taken(webSocket) == [.text(#"42["held"]"#)])
        #expect(connection.flushWaiters.isEmpty)
        try await flush.value
    }

    @Test func `the caller of an event that is held during the move, and dropped behind it, fails`() async throws {
        let (continuations, made) = AsyncStream.makeStream(of: CheckedContinuation<Void, any Error>.self)
        let flush = Task { try await withCheckedThrowingContinuation { made.yield($0) } }
        var iterator = continuations.makeAsyncIterator()
        let continuation = try #require(await iterator.next())
        try Self.dropHeldEvent(of: continuation)
        await #expect(throws: SocketError.overloaded) { try await flush.value }
    }

    /// Drops an event that was held during a move, and whose caller `continuation` belongs to; does not suspend, because the loops
    /// belong to one thread.
    private static func dropHeldEvent(of continuation: CheckedContinuation<Void, any Error>) throws {
        var settings = SocketIOSettings()
        settings.outbox.policy = .dropOldest
        settings.outbox.maximumPackets = 1
        let suite = LoopMoveTests(settings)
        let (webSocket, connection) = try suite.halfMove()
        try suite.loops.second.turn {
            let socket = try #require(connection.sockets.first)
            webSocket.setWritable(false)
            let waiter = FlushWaiter()
            let packet = Packet.event(namespace: "/", id: nil, name: "dropped", arguments: Arguments())
            if waiter.begin(continuation) { connection.send(packet, of: socket, waiter) }
            socket.emit("kept")
        }
        suite.loops.settle()
        suite.loops.second.turn { webSocket.setWritable(true) }
        #expect(suite.taken(webSocket) == [.text(#"42["kept"]"#)])
        #expect(connection.flushWaiters.isEmpty)
    }

    @Test func `the bound of the outbox holds for packets that are held during the move`() throws {
        var settings = SocketIOSettings()
        settings.outbox.maximumPackets = 3
        let suite = LoopMoveTests(settings)
        let (webSocket, connection) = try suite.halfMove()
        suite.loops.second.turn { for number in 0..<3 { connection.sockets.first?.emit("held", number) } }
        #expect(suite.taken(webSocket) == [])
        suite.loops.second.turn { suite.io.emit("one more") }
        #expect(suite.taken(webSocket).count == 4)
        #expect(connection.isDrained)
    }

    @Test func `the heartbeat uses the clock of the new loop`() throws {
        let webSocket = try move()
        loops.first.advance(by: .seconds(100))
        loops.settle()
        #expect(taken(webSocket) == [])
        loops.second.advance(by: .milliseconds(25_020))
        #expect(taken(webSocket) == [.text("2")])
        loops.second.advance(by: .milliseconds(20_020))
        #expect(io.connectionCount == 0)
    }

    @Test func `the heartbeat of a slow reader times out after the move`() throws {
        let (_, webSocket) = try loops.probe()
        loops.first.turn { io.emit("waited") }
        loops.second.turn { webSocket.setWritable(false) }
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.settle()
        loops.second.advance(by: .milliseconds(45_040))
        #expect(io.connectionCount == 0)
    }

    @Test func `the deadline of an acknowledgement uses the clock of the new loop`() throws {
        let outcomes = [Outcome(), Outcome()]
        let (_, webSocket) = try loops.probe()
        for (index, outcome) in outcomes.enumerated() {
            loops.first.turn {
                for socket in io.connections.all.flatMap(\.sockets) {
                    socket.emit("ask\(index)", arguments: Arguments()) { outcome.set($0.map { _ in () }) }
                }
            }
        }
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.settle()
        loops.first.advance(by: .seconds(60))
        loops.settle()
        #expect(outcomes.allSatisfy { $0.error == nil })
        try loops.second.turn { try webSocket.send(.text("430[]")) }
        loops.second.advance(by: .milliseconds(9_980))
        #expect(outcomes[0].isSuccess)
        #expect(outcomes[1].error == nil)
        loops.second.advance(by: .milliseconds(40))
        #expect(outcomes[1].error == .timedOut)
    }

    @Test func `packets are counted on the new loop`() throws {
        let webSocket = try move()
        try loops.second.turn { try webSocket.send(.text(#"42["say","hi"]"#)) }
        let counters = [loops.first, loops.second].map { loop in
            io.shards.all.first { $0.eventLoop === loop }?.countersByTransport["websocket"]?.packetsIn.current ?? 0
        }
        #expect(counters == [0, 1])
    }

    @Test func `a WebSocket that ends during the move closes the connection`() throws {
        let (_, webSocket) = try loops.probe()
        try loops.second.turn { try webSocket.send(.text("5")) }
        // The connection has left the first loop and has not arrived on the second.
        loops.first.turn()
        loops.second.turnOnly { webSocket.close(nil) }
        loops.settle()
        #expect(io.connectionCount == 0)
        #expect(io["/"].socketCount == 0)
        #expect(io.statistics.liveConnections == 0)
    }

    // MARK: Broadcasts during the move

    /// Opens a connection that has left the first loop and has not arrived on the second; returns its WebSocket.
    private func leave() throws -> any WebSocketEnd {
        let (_, webSocket) = try loops.probe()
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.first.turn()
        return webSocket
    }

    @Test func `a broadcast that finds the socket on both loops, or on none, is received once`() throws {
        let webSocket = try leave()
        loops.first.turn { io.emit("on both") }
        loops.settle()
        #expect(taken(webSocket) == [.text(#"42["on both"]"#)])
        let other = try leave()
        // The connection is not a member on the second loop yet, and has left the first one before the broadcast.
        loops.second.turnOnly { io.emit("on none") }
        loops.settle()
        #expect(taken(other) == [.text(#"42["on none"]"#)])
    }

    @Test func `broadcasts during the move are received in order`() throws {
        let webSocket = try leave()
        loops.second.turnOnly { io.emit("early") }
        // The connection arrives, and is visited by the later broadcast before the first loop forwards the earlier one.
        loops.second.turn()
        loops.second.turn { io.emit("late") }
        #expect(taken(webSocket) == [])
        loops.settle()
        #expect(taken(webSocket) == [.text(#"42["early"]"#), .text(#"42["late"]"#)])
    }

    @Test func `forwarded broadcasts respect rooms and exceptions`() throws {
        let webSocket = try leave()
        let id = try #require(io.connections.all.first?.sockets.first?.id)
        loops.second.turnOnly {
            io.to("elsewhere").emit("no")
            io["/"].except("lobby").emit("no")
            io["/"].except(id).emit("no")
            io.to("lobby", "elsewhere").emit("room")
            io.to(id).emit("own")
        }
        loops.settle()
        #expect(taken(webSocket) == [.text(#"42["room"]"#), .text(#"42["own"]"#)])
    }

    @Test func `a broadcast for a socket that has left its namespace is dropped`() throws {
        let (_, webSocket) = try loops.probe()
        try loops.second.turn {
            try webSocket.send(.text("5"))
            try webSocket.send(.text("41"))
        }
        loops.first.turn()
        loops.first.turn { io.emit("late") }
        loops.settle()
        #expect(taken(webSocket) == [])
        #expect(io.connectionCount == 1)
    }

    @Test func `after the move the old loop keeps nothing of the socket`() throws {
        let webSocket = try move()
        let connection = try #require(io.connections.all.first)
        #expect(connection.handover == nil)
        let membership = io.shards.all.first { $0.eventLoop === loops.first }?.existingMembership(of: io["/"].local)
        var departed = 0
        membership?.forEachDeparted(in: [], except: []) { _ in departed += 1 }
        #expect(departed == 0)
        _ = webSocket
    }

    // MARK: Sending from other threads

    @Test func `packets from other threads keep their order during the move`() throws {
        let (_, webSocket) = try loops.probe()
        let socket = try #require(io.connections.all.first?.sockets.first)
        try loops.second.turn { try webSocket.send(.text("5")) }
        let first = try #require(io.shards.all.first { $0.eventLoop === loops.first })
        // The first loop runs this task after the move, and before the packet of the next line.
        first.inbox.append { socket.emit("second") }
        socket.emit("first")
        loops.settle()
        socket.emit("third")
        loops.settle()
        // The packet "second" is sent second, because the posted task runs only when the first loop has its turn.
        #expect(taken(webSocket) == [#"42["first"]"#, #"42["second"]"#, #"42["third"]"#].map { .text($0) })
    }

    /// The place of a moving socket when an operation visits all loops.
    enum Place: CaseIterable { case before, both, none, behind }

    @Test(arguments: Place.allCases)
    func `an operation on all sockets is performed once on a moving socket`(place: Place) throws {
        let (_, webSocket) = try loops.probe()
        try loops.second.turn { try webSocket.send(.text("5")) }
        let count = Mutex(0)
        let ask = { [io] in
            io["/"].local.forEach(SocketSelection(rooms: ["lobby"])) { socket in
                #expect(socket.connection.isOnLoop)
                count.withLock { $0 += 1 }
            }
        }
        switch place {
        case .before: loops.first.turnOnly(ask)
        case .both:
            loops.first.turn()
            loops.first.turnOnly(ask)
        case .none:
            loops.first.turn()
            loops.second.turnOnly(ask)
        case .behind:
            loops.first.turn()
            loops.second.turn()
            loops.first.turnOnly(ask)
        }
        loops.settle()
        #expect(count.withLock { $0 } == 1)
    }

    @Test(arguments: [false, true])
    func `a socket can be disconnected during the move`(closingConnection: Bool) throws {
        let webSocket = try leave()
        loops.second.turnOnly { io.to("lobby").disconnect(closingConnection: closingConnection) }
        loops.settle()
        #expect(io["/"].socketCount == 0)
        #expect(taken(webSocket).first == .text("41"))
    }

    @Test func `closing during the move leaves no members behind`() throws {
        let webSocket = try leave()
        loops.second.turnOnly { io.close() }
        loops.settle()
        #expect(taken(webSocket) == [.close(nil)])
        #expect(io["/"].socketCount == 0)
        let memberships = io.shards.all.compactMap { $0.existingMembership(of: io["/"].local) }
        #expect(memberships.flatMap { Array($0.sockets.keys) }.isEmpty)
    }

    // MARK: Suspended handlers

    @Test func `an async handler continues on the new loop`() throws {
        let gate = Gate()
        let places = Recorded<Bool>()
        io.onConnect { socket in
            socket.on("wait") { () async in
                places.add(socket.connection.isOnLoop)
                await gate.wait()
                places.add(socket.connection.isOnLoop)
                socket.emit("done")
            }
        }
        let target = try loops.open()
        _ = try loops.ask(target, by: .post, body: #"42["wait"]"#, on: loops.first)
        let webSocket = try loops.candidate(target, on: loops.second)
        try loops.second.turn { try webSocket.send(.text("2probe")) }
        loops.settle()
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.settle()
        gate.open()
        loops.settle()
        #expect(places.all == [true, true])
        #expect(taken(webSocket).last == .text(#"42["done"]"#))
    }

    @Test func `paused reading stays paused on the WebSocket`() throws {
        var settings = SocketIOSettings()
        settings.maximumSuspendedHandlers = 1
        let suite = LoopMoveTests(settings)
        let gate = Gate()
        let started = Recorded<Int>()
        suite.io.onConnect { socket in
            socket.on("wait") { (number: Int) async in
                started.add(number)
                if number == 1 { await gate.wait() }
            }
        }
        let target = try suite.loops.open()
        let post = try suite.loops.ask(target, by: .post, body: #"42["wait",1]"#, on: suite.loops.first)
        let webSocket = try suite.loops.candidate(target, on: suite.loops.second)
        try suite.loops.second.turn { try webSocket.send(.text("2probe")) }
        suite.loops.settle()
        try suite.loops.second.turn {
            try webSocket.send(.text("5"))
            try webSocket.send(.text(#"42["wait",2]"#))
        }
        suite.loops.settle()
        #expect(suite.taken(webSocket).first == .text("3probe"))
        #expect(started.all == [1])
        #expect(try post.outcome?.get() == nil)
        gate.open()
        suite.loops.settle()
        #expect(started.all == [1, 2])
        #expect(try suite.loops.text(of: post) == "ok")
    }

    // MARK: Candidates of another loop

    @Test func `after a candidate of another loop has failed, another may be attached`() throws {
        let (target, webSocket) = try loops.probe()
        loops.second.turn { webSocket.abort() }
        loops.settle()
        #expect(io.connections.all.first?.handover == nil)
        #expect(io.connections.all.first?.candidate == nil)
        let other = try loops.candidate(target, on: loops.second)
        try loops.second.turn { try other.send(.text("2probe")) }
        loops.settle()
        #expect(taken(other) == [.text("3probe")])
    }

    @Test func `a frame of a refused candidate isn't attributed to its successor`() throws {
        let target = try loops.open()
        let late = try loops.candidate(target, on: loops.second)
        loops.settle()
        loops.first.advance(by: .milliseconds(10_020))
        let other = try loops.candidate(target, on: loops.first)
        // The refusal has not reached the second loop yet.
        try loops.second.turnOnly { try late.send(.text("2probe")) }
        loops.settle()
        #expect(taken(late) == [.close(nil)])
        #expect(taken(other) == [])
        try loops.first.turn { try other.send(.text("2probe")) }
        #expect(taken(other) == [.text("3probe")])
    }
}
