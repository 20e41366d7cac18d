import GustAdapter
import GustTesting
import GustWire
import NIOCore
import Synchronization
import Testing

@testable import GustCluster
@testable import GustSocketIO

/// Clients that return on another server of a cluster than the one they left.
@Suite(.leavesNothing) struct ClusterRecoveryTests {
    private let nodes = Nodes(3) { settings in
        settings.recovery = SocketIOSettings.Recovery()
        settings.recovery?.maximumPackets = 20
    }

    private func open(_ node: Int) async throws -> RecoverySession {
        try await RecoverySession.open(nodes.clients[node])
    }

    /// Cuts the connection of a session, and lets its server notice that.
    private func cut(_ session: RecoverySession) async throws {
        try await session.webSocket.abort()
        await nodes.settle()
    }

    /// Waits until so many tasks sleep: those with the deadline of a question, or with the end of a session that is kept.
    private func waitForSleepers(_ count: Int) async throws {
        let clock = nodes.clock
        try await nodes.clients[0].wait(for: "the deadline") { clock.sleeperCount == count }
    }

    @Test func `a client that returns on another server has its id, rooms and data, and what it missed`() async throws {
        let name = SocketDataKey<String>("name")
        let seen = Mutex<[String]>([])
        nodes.onConnect { socket in
            seen.withLock { $0.append("\(socket.isRecovered) \(socket.data[name] ?? "-")") }
            if !socket.isRecovered {
                socket.data[name] = "Ada"
                socket.join("room")
            }
        }
        let session = try await open(0)
        nodes.last.emit("seen")
        let offset = try await session.nextOffset()
        try await cut(session)
        nodes.first.emit("a")
        nodes.last.to("room").emit("b", ByteBuffer(bytes: [7]))
        nodes.servers[1].to("other").emit("not for it")
        nodes.last.everybody.send(.text("d"))
        nodes.last.everybody.volatile.emit("volatile", 1)
        let again = try await session.return(to: nodes.clients[1], offset)
        #expect(again.sid == session.sid)
        #expect(again.pid == session.pid)
        let texts = again.missed.map { $0.replacing(/,"[0-9a-z]{1,13}"\]/, with: "]") }
        let binary = #"451-["b",{"_placeholder":true,"num":0}]"#
        #expect(texts == [#"42["a"]"#, binary, "<1 bytes>", #"42["message","d"]"#])
        #expect(seen.withLock { $0 } == ["false -", "true Ada"])
        nodes.first.to("room").emit("live")
        guard case .text(let live) = try await again.webSocket.next() else { throw TestError.closed }
        #expect(live.hasPrefix(#"42["live""#))
        #expect(nodes.first.recoverable.lostCount == 0)
        #expect(nodes.servers[1]["/"].socketCount == 1)
    }

    @Test func `events before the client is back on another server are neither lost nor sent twice`() async throws {
        let session = try await open(0)
        try await cut(session)
        nodes.last.emit("1")
        nodes.bus.hold()
        nodes.last.emit("2")
        // The question to the other servers is held behind "2", which reaches the first server before it answers.
        async let returning = session.return(to: nodes.clients[1], nil)
        try await waitForSleepers(1)
        nodes.servers[1].emit("3")
        nodes.bus.deliver(reordered: true)
        let again = try await returning
        #expect(again.sid == session.sid)
        nodes.last.emit("4")
        await nodes.settle()
        var names = again.missedNames
        while case .text(let text)? = try await again.webSocket.nextIfAny() {
            names.append(String(text.split(separator: "\"").dropFirst().first ?? ""))
        }
        #expect(names.sorted() == ["1", "2", "3", "4"])
        #expect(names.last == "4")
    }

    @Test func `an event that reaches the new server after the client is sent once`() async throws {
        let session = try await open(0)
        let late = Mutex(true)
        nodes.bus.lose { late.withLock { $0 } }
        defer { nodes.bus.lose { false } }
        // The bus has delivered the event to the first server only.
        let event = NamespacePacket.event(name: "late", Arguments())
        nodes.first["/"].local.broadcast(event, to: SocketSelection(), offset: "late1")
        late.withLock { $0 = false }
        let offset = try await session.nextOffset()
        #expect(offset == "late1")
        try await cut(session)
        nodes.first["/"].local.broadcast(event, to: SocketSelection(), offset: "late2")
        let again = try await session.return(to: nodes.clients[1], offset)
        #expect(again.missed == [#"42["late","late2"]"#])
        for offset in ["late1", "late2", "late3"] {
            nodes.servers[1]["/"].local.broadcast(event, to: SocketSelection(), offset: offset)
        }
        #expect(try await again.webSocket.next() == .text(#"42["late","late3"]"#))
        #expect(try await again.webSocket.nextIfAny() == nil)
    }

    @Test func `a client goes from server to server, and back`() async throws {
        var session = try await open(0)
        let sid = session.sid
        var offset: String?
        for round in 1...6 {
            try await cut(session)
            for number in 0..<3 { nodes.servers[number].emit("\(round)", number) }
            await nodes.settle()
            session = try await session.return(to: nodes.clients[round % 3], offset)
            #expect(session.sid == sid)
            #expect(session.missed.map { $0.prefix(8) } == (0..<3).map { #"42["\#(round)",\#($0)"# })
            offset = RecoverySession.offset(of: try #require(session.missed.last))
        }
    }

    @Test func `a connection that another server still has is taken over`() async throws {
        let reasons = Mutex<[CloseReason]>([])
        nodes.first.onConnect { socket in socket.onDisconnect { reason in reasons.withLock { $0.append(reason) } } }
        let session = try await open(0)
        nodes.first.emit("a")
        let again = try await session.return(to: nodes.clients[2], nil)
        #expect(again.sid == session.sid)
        #expect(again.missedNames == ["a"])
        #expect(reasons.withLock { $0 } == [.transportClose])
        #expect(nodes.servers.map { $0["/"].socketCount } == [0, 0, 1])
    }

    @Test func `the clients of a server that shuts down return on others`() async throws {
        let session = try await open(0)
        let lost = try await open(0)
        try await cut(lost)
        nodes.last.emit("before")
        let offset = try await session.nextOffset()
        nodes.first.close()
        await nodes.settle()
        nodes.last.emit("after")
        nodes.last.to(lost.sid).emit("own")
        let again = try await session.return(to: nodes.clients[1], offset)
        #expect(again.sid == session.sid)
        #expect(again.missedNames == ["after"])
        let second = try await lost.return(to: nodes.clients[2], nil)
        #expect(second.sid == lost.sid)
        #expect(second.missedNames == ["before", "after", "own"])
        // The copies on the other servers are gone.
        try await cut(again)
        let third = try await again.return(to: nodes.clients[2], RecoverySession.offset(of: again.missed[0]))
        #expect(third.sid == session.sid)
        #expect(third.missed.isEmpty)
    }

    @Test(arguments: [
        (#""forged""#, #""x""#), (#""forged""#, "null"), ("7", "null"), ("PID", #""forged""#), ("PID", #""""#),
        (#""\#(String(repeating: "a", count: 100_000))""#, #""x""#),
    ])
    func `a forged private id or offset restores nothing on any server`(pid: String, offset: String) async throws {
        let isRecovered = Mutex(true)
        nodes.servers[1].onConnect { socket in isRecovered.withLock { $0 = socket.isRecovered } }
        let session = try await open(0)
        nodes.first.emit("secret")
        try await cut(session)
        let pid = pid == "PID" ? #""\#(session.pid)""# : pid
        let other = try await RecoverySession.open(nodes.clients[1], payload: #"{"pid":\#(pid),"offset":\#(offset)}"#)
        #expect(other.sid != session.sid)
        #expect(other.pid != session.pid)
        #expect(other.missed.isEmpty)
        #expect(!isRecovered.withLock { $0 })
    }

    @Test func `a client whose server can't be reached gets a new socket when the time is over`() async throws {
        let session = try await open(0)
        try await cut(session)
        nodes.bus.isolate("node 0")
        async let returning = session.return(to: nodes.clients[1], nil)
        try await waitForSleepers(1)
        nodes.clock.wake()
        let other = try await returning
        #expect(other.sid != session.sid)
        #expect(other.missed.isEmpty)
        // Nothing was taken from the first server.
        nodes.bus.isolate()
        nodes.last.emit("news")
        let again = try await session.return(to: nodes.clients[0], nil)
        #expect(again.sid == session.sid)
        #expect(again.missedNames == ["news"])
    }

    @Test func `a client whose session is lost on its way gets a new socket`() async throws {
        let session = try await open(0)
        try await cut(session)
        let count = Mutex(0)
        // The question arrives; the answers don't.
        nodes.bus.lose {
            count.withLock { count in
                count += 1
                return count > 1
            }
        }
        defer { nodes.bus.lose { false } }
        async let returning = session.return(to: nodes.clients[1], nil)
        try await nodes.clients[0].wait(for: "the answers") { count.withLock { $0 } == 3 }
        try await waitForSleepers(1)
        nodes.clock.wake()
        #expect(try await returning.sid != session.sid)
        #expect(nodes.first.recoverable.lostCount == 0)
    }

    @Test func `a client that misses more than the bound gets a new socket`() async throws {
        let session = try await open(0)
        nodes.first.close()
        await nodes.settle()
        for number in 0...20 { nodes.last.emit("x", number) }
        #expect(try await session.return(to: nodes.clients[1], nil).sid != session.sid)
    }

    @Test func `the sessions of a server that has shut down are kept for their time`() async throws {
        let session = try await open(0)
        nodes.first.close()
        await nodes.settle()
        try await waitForSleepers(2)
        nodes.clock.wake()
        let kept = nodes.servers.dropFirst().compactMap { ($0["/"].adapter as? ClusterAdapter)?.kept }
        try await nodes.clients[0].wait(for: "the end of the sessions") { kept.allSatisfy { $0.sessionCount == 0 } }
        #expect(kept.count == 2)
        #expect(try await session.return(to: nodes.clients[1], nil).sid != session.sid)
    }

    @Test func `a client that is cut while its session is on its way returns once more`() async throws {
        let session = try await open(0)
        try await cut(session)
        nodes.bus.hold()
        let leaving = try await nodes.clients[1].webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await leaving.next()
        try await leaving.send(#"40{"pid":"\#(session.pid)"}"#)
        try await waitForSleepers(1)
        nodes.servers[1].emit("first")
        async let returning = session.return(to: nodes.clients[1], nil)
        try await leaving.abort()
        nodes.bus.deliver()
        let again = try await returning
        #expect(again.sid == session.sid)
        #expect(again.missedNames == ["first"])
    }

    @Test func `an adapter that never answers gives the client a new socket`() async throws {
        let adapter = Mutex<AskedAdapter?>(nil)
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        settings.adapter = { local in
            let made = AskedAdapter(local)
            adapter.withLock { $0 = made }
            return made
        }
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        try await webSocket.send(#"40{"pid":"x"}"#)
        await client.advance(by: .seconds(9))
        #expect(try await webSocket.nextIfAny() == nil)
        await client.advance(by: .seconds(1))
        guard case .text(let text) = try await webSocket.next() else { throw TestError.closed }
        #expect(text.hasPrefix(#"40{"sid":"#))
        // The answer comes too late.
        adapter.withLock { $0.take() }?.answer(nil)
    }

    @Test func `a client continues its socket in a namespace that its new server has to make`() async throws {
        for server in nodes.servers { _ = server.namespaces { $0.hasPrefix("/x-") } }
        let session = try await RecoverySession.open(nodes.clients[0], "/x-1,")
        try await cut(session)
        nodes.first["/x-1"].emit("a")
        let again = try await session.return(to: nodes.clients[1], in: "/x-1,", nil)
        #expect(again.sid == session.sid)
        #expect(again.missedNames == ["a"])
        let other = try await session.return(to: nodes.clients[2], in: "/x-2,", nil)
        #expect(other.sid != session.sid)
    }

    @Test func `two connections that ask for a session at once get it one after the other`() async throws {
        let session = try await open(0)
        nodes.last.emit("a")
        try await cut(session)
        async let first = session.return(to: nodes.clients[1], nil)
        async let second = session.return(to: nodes.clients[1], nil)
        let sids = try await [first.sid, second.sid]
        #expect(sids == [session.sid, session.sid])
        #expect(nodes.servers[1]["/"].socketCount == 1)
    }

    @Test func `the sessions of a server that has shut down are bounded, and record what follows once`() async throws {
        let limits = SessionLimits(duration: .seconds(1), maximumPackets: 2, maximumBytes: 100, maximumSessions: 2)
        let clock = StoppedClock()
        let kept = KeptSessions(limits, clock: clock)
        let known = SocketSession.MissedPacket(offset: "k", nil)
        for (pid, rooms) in [("a", ["red"]), ("b", []), ("c", [])] {
            let data = JSONSlice.emptyObject
            kept.insert(SocketSession(id: pid, pid: pid, rooms: rooms, data: data, offset: nil, missed: [known]))
        }
        #expect(kept.sessionCount == 2)
        let event = NamespacePacket.event(name: "x", Arguments())
        for offset in ["k", "1"] { kept.record(event, to: SocketSelection(rooms: ["red"]), offset: offset) }
        kept.record(event, to: SocketSelection(isVolatile: true), offset: "2")
        kept.record(event, to: SocketSelection(excluded: ["a"]), offset: "3")
        #expect(kept.take("a")?.missed.map(\.offset) == ["k", "1"])
        #expect(kept.take("a") == nil)
        for offset in ["4", "5"] { kept.record(event, to: SocketSelection(), offset: offset) }
        #expect(kept.sessionCount == 0)
        try await nodes.clients[0].wait(for: "the tasks") { clock.sleeperCount == 0 }
    }
}
