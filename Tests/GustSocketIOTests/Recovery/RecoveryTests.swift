import GustHTTP
import GustSessions
import GustTesting
import GustWire
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// Connection state recovery, with the bytes of socket.io-client 4.
@Suite(.leavesNothing) struct RecoveryTests {
    private let io: SocketIO
    private let client: TestClient

    init() {
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        io = SocketIO(settings)
        client = TestClient(EndpointHarness(io))
    }

    private func connect(_ payload: String = "", to client: TestClient? = nil) async throws -> RecoverySession {
        try await RecoverySession.open(client ?? self.client, payload: payload)
    }

    private func `return`(_ session: RecoverySession, _ offset: String?) async throws -> RecoverySession {
        try await session.return(to: client, offset)
    }

    @Test func `the answer to CONNECT has a private id, and events have offsets`() async throws {
        let session = try await connect()
        #expect(session.pid.utf8.count == 20)
        #expect(session.pid != session.sid)
        io.emit("x", 1)
        io.to(session.sid).emit("y")
        let first = try await session.webSocket.next()
        let second = try await session.webSocket.next()
        #expect(try #require(first.text).wholeMatch(of: /42\["x",1,"[0-9a-z]+"\]/) != nil)
        #expect(try #require(second.text).wholeMatch(of: /42\["y","[0-9a-z]+"\]/) != nil)
    }

    @Test func `without the setting there are neither private ids nor offsets`() async throws {
        let io = SocketIO()
        let client = TestClient(EndpointHarness(io))
        let session = try await connect("", to: client)
        #expect(session.pid.isEmpty)
        io.emit("x", 1)
        #expect(try await session.webSocket.next() == .text(#"42["x",1]"#))
    }

    @Test(arguments: ClientProfile.all.filter { $0.revision != .engineIO4 })
    func `clients of other revisions get events without offsets`(profile: ClientProfile) async throws {
        let socket = try await client.open(profile)
        io.emit("x", "last")
        await client.settle()
        switch try await socket.next() {
        case .event(let name, let arguments, _):
            #expect(name == "x")
            #expect(arguments == [#""last""#])
        case .message(let message): #expect(message.description == #"{"name":"x","args":["last"]}"#)
        case .disconnected: Issue.record("disconnected")
        }
    }

    @Test func `an event with an acknowledgement, and a volatile event that ends in no string, have no offset`()
        async throws
    {
        let socket = Mutex<Socket?>(nil)
        io.onConnect { new in socket.withLock { $0 = new } }
        let session = try await connect()
        let known = try #require(socket.withLock { $0 })
        // A socket that the test keeps would be a leak.
        defer { socket.withLock { $0 = nil } }
        known.volatile.emit("a", 1)
        io.everybody.volatile.emit("b", [1])
        #expect(try await session.webSocket.next() == .text(#"42["a",1]"#))
        #expect(try await session.webSocket.next() == .text(#"42["b",[1]]"#))
        _ = try io.everybody.emitWithAcknowledgement("c", "text")
        #expect(try await session.webSocket.next().text?.hasSuffix(#"["c","text"]"#) == true)
    }

    @Test func `a client that returns gets what it missed before its CONNECT is answered`() async throws {
        let sockets = Mutex<[(id: String, isRecovered: Bool, rooms: [String])]>([])
        io.onConnect { socket in
            sockets.withLock { $0.append((socket.id, socket.isRecovered, socket.rooms)) }
            if !socket.isRecovered { socket.join("room") }
        }
        let session = try await connect()
        io.emit("seen")
        let offset = try await session.nextOffset()
        try await session.webSocket.abort()
        await client.settle()
        #expect(io["/"].socketCount == 0)
        io.emit("a", 1)
        io.to("room").emit("b")
        io.to("other").emit("not for it")
        io.to(session.sid).emit("c", ByteBuffer(bytes: [7]))
        io.everybody.send(.text("d"))
        io.everybody.volatile.emit("volatile", 1)
        let again = try await `return`(session, offset)
        #expect(again.sid == session.sid)
        #expect(again.pid == session.pid)
        let texts = again.missed.map { $0.replacing(/,"[0-9a-z]{1,13}"\]/, with: "]") }
        #expect(
            texts == [
                #"42["a",1]"#, #"42["b"]"#, #"451-["c",{"_placeholder":true,"num":0}]"#, "<1 bytes>",
                #"42["message","d"]"#,
            ]
        )
        #expect(sockets.withLock { $0.map(\.isRecovered) } == [false, true])
        #expect(sockets.withLock { $0.last?.rooms } == ["room", session.sid])
        io.to("room").emit("live")
        #expect(try await again.webSocket.next().text?.hasPrefix(#"42["live""#) == true)
    }

    @Test func `the data of a socket is continued`() async throws {
        let name = SocketDataKey<String>("name")
        io.onConnect { socket in
            if !socket.isRecovered { socket.data[name] = "Ada" }
            socket.emit("name", socket.data[name] ?? "nobody")
        }
        let session = try await connect()
        let offset = try await session.nextOffset()
        try await session.webSocket.abort()
        await client.settle()
        let again = try await `return`(session, offset)
        guard case .text(let text) = try await again.webSocket.next() else { throw TestError.closed }
        #expect(text.hasPrefix(#"42["name","Ada""#))
    }

    @Test func `a client that has received nothing gets everything since its CONNECT`() async throws {
        let session = try await connect()
        try await session.webSocket.abort()
        await client.settle()
        io.emit("a")
        let again = try await `return`(session, nil)
        #expect(again.sid == session.sid)
        #expect(again.missed.count == 1)
    }

    @Test func `an answered heartbeat confirms the events before it, and the client still recovers`() async throws {
        let session = try await connect()
        io.emit("a")
        let offset = try await session.nextOffset()
        await client.advance(by: .seconds(26))
        #expect(try await session.webSocket.next() == .text("2"))
        try await session.webSocket.send("3")
        await client.settle()
        #expect(io.recoverable[session.pid]?.recovery?.log.entries.isEmpty == true)
        try await session.webSocket.abort()
        await client.settle()
        io.emit("b")
        let again = try await `return`(session, offset)
        #expect(again.sid == session.sid)
        #expect(again.missed.map { $0.prefix(6) } == [#"42["b""#])
    }

    @Test func `only events after the offset are sent again, as often as the connection is lost`() async throws {
        var session = try await connect()
        var offset: String?
        for round in 0..<5 {
            try await session.webSocket.abort()
            await client.settle()
            for number in 0..<3 { io.emit("\(round)", number) }
            let again = try await `return`(session, offset)
            #expect(again.sid == session.sid)
            #expect(again.missed.map { $0.prefix(8) } == (0..<3).map { #"42["\#(round)",\#($0)"# })
            // The last event is lost once more.
            try #require(again.missed.count == 3)
            try await again.webSocket.abort()
            await client.settle()
            let third = try await `return`(session, RecoverySession.offset(of: again.missed[1]))
            #expect(third.missed.map { $0.prefix(8) } == [#"42["\#(round)",2"#])
            offset = RecoverySession.offset(of: try #require(third.missed.last))
            session = third
        }
    }

    @Test(arguments: [#"{"pid":"forged"}"#, #"{"pid":"forged","offset":"1"}"#, #"{"pid":7}"#, #"{"token":"x"}"#])
    func `a forged private id gets a new socket`(payload: String) async throws {
        let session = try await connect()
        try await session.webSocket.abort()
        await client.settle()
        io.emit("secret")
        let other = try await connect(payload)
        #expect(other.sid != session.sid)
        #expect(other.pid != session.pid)
        #expect(other.missed.isEmpty)
        #expect(io.recoverable.lostCount == 1)
    }

    @Test(arguments: ["", "!!", "zzzzzzzzzzzz", "-1", "99999999999999999999"])
    func `an offset that the server doesn't know gets a new socket`(offset: String) async throws {
        let session = try await connect()
        io.emit("a")
        _ = try await session.nextOffset()
        try await session.webSocket.abort()
        await client.settle()
        let other = try await `return`(session, offset)
        #expect(other.sid != session.sid)
        #expect(other.pid != session.pid)
        #expect(other.missed.isEmpty)
    }

    @Test func `after the time a client gets a new socket, and nothing is kept`() async throws {
        let session = try await connect()
        try await session.webSocket.abort()
        await client.advance(by: .seconds(121))
        #expect(io.recoverable.lostCount == 0)
        #expect(io.recoverable[session.pid] == nil)
        let other = try await `return`(session, nil)
        #expect(other.sid != session.sid)
    }

    @Test func `a client that misses more than the bound gets a new socket`() async throws {
        let session = try await connect()
        try await session.webSocket.abort()
        await client.settle()
        for number in 0...1_000 { io.emit("x", number) }
        await client.settle()
        let other = try await `return`(session, nil)
        #expect(other.sid != session.sid)
    }

    @Test func `a socket that left or was disconnected isn't kept`() async throws {
        let session = try await connect()
        try await session.webSocket.send("41")
        await client.settle()
        #expect(io.recoverable.lostCount == 0)
        let second = try await connect()
        io.everybody.disconnect()
        await client.settle()
        #expect(io.recoverable[second.pid] == nil)
    }

    @Test func `a client that returns before its lost connection was noticed takes its socket over`() async throws {
        let reasons = Mutex<[CloseReason]>([])
        io.onConnect { socket in socket.onDisconnect { reason in reasons.withLock { $0.append(reason) } } }
        let session = try await connect()
        io.emit("a")
        let again = try await `return`(session, nil)
        #expect(again.sid == session.sid)
        #expect(again.missed.count == 1)
        #expect(reasons.withLock { $0 } == [.transportClose])
        #expect(io["/"].socketCount == 1)
        #expect(io.connectionCount == 1)
    }

    @Test func `middleware is skipped, or asked again if the setting says so`() async throws {
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        settings.recovery?.skipsMiddleware = false
        for (io, expected) in [(io, 1), (SocketIO(settings), 2)] {
            let calls = Mutex(0)
            io["/"].use { (_: Socket) in calls.withLock { $0 += 1 } }
            let client = TestClient(EndpointHarness(io))
            let session = try await connect("", to: client)
            try await session.webSocket.abort()
            await client.settle()
            let again = try await connect(#"{"pid":"\#(session.pid)"}"#, to: client)
            #expect(again.sid == session.sid)
            #expect(calls.withLock { $0 } == expected)
        }
    }

    /// A server whose middleware is asked about returning sockets too.
    private static func strictServer() -> SocketIO {
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        settings.recovery?.skipsMiddleware = false
        let io = SocketIO(settings)
        io.onConnect { $0.join("room") }
        return io
    }

    @Test func `a returning socket that middleware refuses leaves its rooms, and isn't continued again`() async throws {
        let io = Self.strictServer()
        let isRefusing = Mutex(false)
        io["/"].use { (_: Socket) in if isRefusing.withLock({ $0 }) { throw ConnectError("no") } }
        let client = TestClient(EndpointHarness(io))
        let session = try await connect("", to: client)
        try await session.webSocket.abort()
        await client.settle()

        isRefusing.withLock { $0 = true }
        let refused = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await refused.next()
        try await refused.send(#"40{"pid":"\#(session.pid)"}"#)
        #expect(try await refused.next().text == #"44{"message":"no"}"#)
        #expect(await io["/"].to("room").fetchSockets().sockets.isEmpty)
        #expect(io.recoverable[session.pid] == nil)
        #expect(io.recoverable.lostCount == 0)

        isRefusing.withLock { $0 = false }
        let fresh = try await connect(#"{"pid":"\#(session.pid)"}"#, to: client)
        #expect(fresh.sid != session.sid)
    }

    @Test func `a client that leaves while middleware decides returns once more, with all it missed`() async throws {
        let io = Self.strictServer()
        let (held, holding) = AsyncStream.makeStream(of: Void.self)
        let isHolding = Mutex(false)
        io["/"].use { (_: Socket) async throws in
            guard isHolding.withLock({ $0 }) else { return }
            for await _ in held { return }
        }
        let client = TestClient(EndpointHarness(io))
        let session = try await connect("", to: client)
        try await session.webSocket.abort()
        await client.settle()
        io.to("room").emit("first")

        isHolding.withLock { $0 = true }
        let leaving = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await leaving.next()
        try await leaving.send(#"40{"pid":"\#(session.pid)"}"#)
        await client.settle()
        io.to("room").emit("second")
        try await leaving.abort()
        await client.settle()
        isHolding.withLock { $0 = false }
        holding.finish()
        io.to("room").emit("third")

        let again = try await connect(#"{"pid":"\#(session.pid)"}"#, to: client)
        #expect(again.sid == session.sid)
        #expect(again.missedNames == ["first", "second", "third"])
    }

    @Test func `a connection that ends before the hand-over leaves the lost socket to the next one`() async throws {
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        let io = SocketIO(settings)
        let isAborting = Mutex(false)
        io.namespaces(where: { $0.hasPrefix("/dynamic") }).onConnect { socket in
            socket.onDisconnect { _ in
                // The server notices the loss of the connection when the client returns over another one.
                guard isAborting.withLock({ $0 }) else { return }
                for connection in io.connections.all where connection.sid != socket.sessionID { connection.abort() }
            }
        }
        let client = TestClient(EndpointHarness(io))
        func join(_ payload: String) async throws -> (TestWebSocket, String?) {
            let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
            _ = try await webSocket.next()
            try await webSocket.send("40/dynamic/1,\(payload)")
            await client.settle()
            return (webSocket, try? await webSocket.next().text)
        }
        func field(_ name: String, _ text: String?) throws -> String {
            let payload = try #require(text).drop { $0 != "{" }
            let slice = try JSONSlice(validating: ByteBuffer(string: String(payload)))
            return try #require(try slice.decode([String: String].self)[name])
        }
        let (_, answer) = try await join("")
        let pid = try field("pid", answer)
        isAborting.withLock { $0 = true }
        let (_, nothing) = try await join(#"{"pid":"\#(pid)"}"#)
        #expect(nothing == nil)
        isAborting.withLock { $0 = false }
        #expect(io.recoverable.lostCount == 1)

        let (last, again) = try await join(#"{"pid":"\#(pid)"}"#)
        #expect(try field("sid", again) == field("sid", answer))
        try await last.send("41/dynamic/1,")
        await client.settle()
        #expect(io.namespace(for: "/dynamic/1") == nil)
    }

    @Test func `lost sockets are bounded`() async throws {
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        settings.recovery?.maximumSockets = 1
        let io = SocketIO(settings)
        let client = TestClient(EndpointHarness(io))
        let first = try await connect("", to: client)
        let second = try await connect("", to: client)
        try await first.webSocket.abort()
        await client.settle()
        try await second.webSocket.abort()
        await client.settle()
        #expect(io.recoverable.lostCount == 1)
        let other = try await connect(#"{"pid":"\#(second.pid)"}"#, to: client)
        #expect(other.sid != second.sid)
    }

    @Test func `a poll gets all missed packets together with CONNECT, so that none comes twice after another cut`()
        async throws
    {
        let session = try await connect()
        io.emit("first")
        let offset = try await session.nextOffset()
        try await session.webSocket.abort()
        await client.settle()
        for number in 0..<40 { io.emit("missed", number) }
        let target = try await client.pollingSession(joining: false)
        let payload = #"40{"pid":"\#(session.pid)","offset":"\#(offset)"}"#
        #expect(try await client.post(target, body: payload).text == "ok")
        let packets = try await client.get(target).text.split(separator: "\u{1E}")
        #expect(packets.filter { $0.hasPrefix(#"42["missed""#) }.count == 40)
        #expect(packets.last?.hasPrefix(#"40{"sid":"\#(session.sid)""#) == true)
        // Later responses have at most 16 packets again.
        for number in 0..<20 { io.emit("later", number) }
        #expect(try await client.get(target).text.split(separator: "\u{1E}").count == 16)
    }
}

extension TestWebSocket.Message {
    /// The text; nil for other messages.
    fileprivate var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
}
