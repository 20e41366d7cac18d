import GustHTTP
import GustSeed
import GustTesting
import GustWire
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// Sockets whose clients, handlers or middleware misbehave.
@Suite(.leavesNothing) struct SocketBehaviourTests {
    private let io = SocketIO()
    private let client: TestClient

    init() {
        client = TestClient(EndpointHarness(io))
    }

    // MARK: Packets that end the connection (socket.io-parser 4.2)

    @Test(arguments: [
        "49", "42", "42{}", "42[]", "42[{}]", #"42["connect"]"#, #"42["disconnecting",1]"#, "42[1,", "43[]x", "41{}",
        #"40"text""#,
        "45-[1]", "4511-[\"x\"]", "451[\"x\"]", #"451-["x",{"_placeholder":true,"num":1}]"#,
        #"451-["x",{"_placeholder":true,"num":-1}]"#, #"451-["x",{"_placeholder":true,"num":1e300}]"#,
        #"451-["x",{"_placeholder":true,"num":"0"}]"#, #"44{"message":"x"}"#, "40", #"42/other,["x"]"#, "41/other",
    ])
    func `a packet that breaks the protocol closes the connection`(packet: String) async throws {
        let socket = try await client.open()
        try await socket.sendRaw(packet)
        #expect(try await socket.next() == .disconnected)
        #expect(io.connectionCount == 0)
    }

    @Test(arguments: [
        "43999[1]", "42[1]", #"42["nobody listens"]"#, #"42["error"]"#, #"42["__proto__",1]"#, "3", "6", "0{}",
    ])
    func `a valid packet without effect is ignored`(packet: String) async throws {
        io.onConnect { socket in socket.on("ping me") { "pong" } }
        let socket = try await client.open()
        try await socket.sendRaw(packet)
        #expect(try await socket.emitWithAcknowledgement("ping me") == [#""pong""#])
    }

    @Test func `text instead of an attachment closes the connection`() async throws {
        let socket = try await client.open()
        try await socket.sendRaw(#"451-["x",{"_placeholder":true,"num":0}]"#, #"42["y"]"#)
        #expect(try await socket.next() == .disconnected)
    }

    @Test func `events before CONNECT close the connection, also in the same payload`() async throws {
        let gate = Gate()
        io["/"].use { (_: Socket) async in await gate.wait() }
        let socket = try await client.connect(over: .polling)
        try await socket.sendRaw("40", #"42["x"]"#)
        await client.settle()
        #expect(io.connectionCount == 0)
        gate.open()
    }

    // MARK: Middlewares

    @Test func `a middleware refuses with a message and data`() async throws {
        io["/guarded"].use { (socket: Socket) throws in
            guard try socket.auth?.decode([String: String].self)["token"] == "secret" else {
                throw try ConnectError("not authorized", data: ["code": 1])
            }
        }
        await #expect {
            try await client.open(namespace: "/guarded", auth: ["token": "wrong"])
        } throws: { error in
            guard case .unexpected(let text)? = error as? TestError else { return false }
            return text == #"{"message":"not authorized","data":{"code":1}}"#
        }
        _ = try await client.open(namespace: "/guarded", auth: ["token": "secret"])
        #expect(io["/guarded"].socketCount == 1)
    }

    @Test func `an unknown namespace is refused`() async throws {
        await #expect {
            try await client.open(namespace: "/nowhere")
        } throws: { error in
            guard case .unexpected(let text)? = error as? TestError else { return false }
            return text == #"{"message":"Invalid namespace"}"#
        }
    }

    @Test func `a client that leaves while middleware is suspended isn't added afterwards`() async throws {
        let gate = Gate()
        io["/"].use { (_: Socket) async in
            await gate.wait()
        }
        let socket = try await client.connect(over: .webSocket)
        try await socket.sendRaw("40")
        try await socket.drop()
        gate.open()
        await client.settle()
        #expect(io.connectionCount == 0)
        #expect(io["/"].socketCount == 0)
        #expect(await io.everybody.sockets().isEmpty)
    }

    @Test func `a dynamic namespace is removed when its last socket has left`() async throws {
        let family = io.namespaces { $0.hasPrefix("/dyn-") }
        family.on("who") { (socket: Socket) in socket.namespace.name }
        let socket = try await client.open(namespace: "/dyn-7")
        #expect(try await socket.emitWithAcknowledgement("who") == [#""/dyn-7""#])
        let namespace = io.namespace(for: "/dyn-7")
        try await socket.disconnect()
        await client.settle()
        #expect(namespace != nil)
        #expect(io.namespace(for: "/dyn-7") == nil)
    }

    // MARK: Back-pressure

    @Test func `a client that doesn't read is closed when its outbox is full`() async throws {
        let log = Log()
        io.onConnect { socket in socket.onDisconnect { reason in log.add(reason.rawValue) } }
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        try await webSocket.send("40")
        try await webSocket.setWritable(false)
        for number in 0..<1_025 { io.emit("news", number) }
        await client.settle()
        #expect(log.lines == ["outbox overflow"])
        #expect(io.connectionCount == 0)
    }

    @Test func `volatile events are dropped while the client doesn't read`() async throws {
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        try await webSocket.send("40")
        _ = try await webSocket.next()
        _ = try await webSocket.next()
        try await webSocket.setWritable(false)
        try await client.onLoop { self.io.everybody.volatile.emit("news", 1) }
        try await client.onLoop { self.io.emit("news", 2) }
        try await webSocket.setWritable(true)
        #expect(try await webSocket.next() == .text(#"42["news",2]"#))
        #expect(try await webSocket.nextIfAny() == nil)
    }

    @Test func `a suspended handler delays neither the next event nor the heartbeat`() async throws {
        let gate = Gate()
        io.onConnect { socket in
            socket.on("wait") { () async -> String in
                await gate.wait()
                return "waited"
            }
            socket.on("quick") { "quick" }
        }
        let socket = try await client.open()
        try await socket.sendRaw(#"4299["wait"]"#)
        #expect(try await socket.emitWithAcknowledgement("quick") == [#""quick""#])
        await client.advance(by: .milliseconds(25_020))
        #expect(try await socket.nextIfAny() == nil)
        #expect(socket.heartbeats == 1)
        gate.open()
        await client.settle()
        #expect(io.connectionCount == 1)
    }

    // MARK: Acknowledgements

    @Test func `a missing acknowledgement times out, and a late one is ignored`() async throws {
        io.onConnect { socket in
            socket.on("ask") { () async -> String in
                do {
                    _ = try await socket.emitWithAcknowledgement("question", timeout: .milliseconds(100))
                    return "answered"
                } catch {
                    return "\(error)"
                }
            }
        }
        let socket = try await client.open()
        try await socket.sendRaw(#"427["ask"]"#)
        #expect(try await socket.next() == .event("question", []))
        await client.advance(by: .milliseconds(150))
        try await socket.acknowledge(1)
        await client.settle()
        #expect(io.connectionCount == 1)
        #expect(io["/"].socketCount == 1)
    }

    @Test func `an acknowledgement is sent once`() async throws {
        io.onConnect { socket in
            socket.on("twice") { (event: ReceivedEvent) in
                event.acknowledge(with: event.arguments)
                event.acknowledge(with: event.arguments)
            }
        }
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        try await webSocket.send("40")
        _ = try await webSocket.next()
        _ = try await webSocket.next()
        try await webSocket.send(#"427["twice",1]"#)
        #expect(try await webSocket.next() == .text("437[1]"))
        #expect(try await webSocket.nextIfAny() == nil)
    }

    // MARK: SocketIOHandler

    private struct Seed: SocketIOHandler {
        let socket: Socket

        func onOpen(_ captures: Captures) throws {
            guard socket.handshake.query["refuse"] == nil else { throw ConnectError("no") }
            send("early")
        }

        func onMessage(_ message: Message) { send(message) }

        func onClose() { (socket.handshake.storage[LogKey.self])?.add("closed") }
    }

    private enum LogKey: RequestStorageKey { typealias Value = Log }

    /// Stores the log in the request, as middleware in front of the endpoint does.
    private struct Logged: Handler {
        let log: Log
        let inner: EndpointHarness
        func answer(_ request: Request) -> Answer {
            var request = request
            request.storage[LogKey.self] = log
            return inner.answer(request)
        }
    }

    @Test(arguments: ClientProfile.all)
    func `a SocketIOHandler is opened once and closed once on every transport`(profile: ClientProfile) async throws {
        let io = SocketIO()
        let log = Log()
        Seed.serve(on: io["/"])
        let client = TestClient(Logged(log: log, inner: EndpointHarness(io)))
        let socket = try await client.open(profile)
        #expect(try await socket.nextMessage() == .text("early"))
        try await socket.send("hi")
        #expect(try await socket.nextMessage() == .text("hi"))
        try await socket.drop()
        await client.advance(by: .seconds(100))
        #expect(log.lines == ["closed"])
        #expect(io.statistics.liveConnections == 0)
    }

    @Test func `onClose is not called for a client that onOpen has refused`() async throws {
        let io = SocketIO()
        let log = Log()
        Seed.serve(on: io["/"])
        let client = TestClient(Logged(log: log, inner: EndpointHarness(io)))
        await #expect(throws: TestError.self) { try await client.open(query: "&refuse=1") }
        await client.advance(by: .seconds(50))
        #expect(log.lines.isEmpty)
        #expect(io.statistics.liveConnections == 0)
    }
}

/// Records lines in order.
private final class Log: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func add(_ line: String) { state.withLock { $0.append(line) } }
}
