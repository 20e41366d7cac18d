import GustHTTP
import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// Clients whose network fails at any moment: all their connections and sockets are deallocated.
@Suite(.leavesNothing) struct ResetTests {
    /// The numbers of the write, or of the step of the client, at which the network fails.
    private static let moments = 1...8

    private func serve() -> SocketIO {
        var settings = SocketIOSettings()
        settings.connectTimeout = .seconds(5)
        let io = SocketIO(settings)
        io["/"].use { (socket: Socket) throws in
            // The socket and this handler retain each other.
            socket.on("echo") { (text: String) in socket.emit("echo", text) }
            socket.onDisconnect { _ in _ = socket.id }
            socket.emit("early")
        }
        io["/"].use { (socket: Socket) async in
            socket.on("later") { socket.emit("later") }
        }
        io["/other"].use { (socket: Socket) throws in
            socket.on("x") { socket.emit("x") }
            throw ConnectError("no")
        }
        io.onConnect { socket in
            socket.join("room")
            socket.emit("hello", socket.id)
            socket.namespace.emit("all")
            socket.on("ask") { () async throws in _ = try await socket.emitWithAcknowledgement("question") }
            socket.onMessage { socket.send($0) }
        }
        return io
    }

    private func isEmpty(_ io: SocketIO) -> Bool {
        io.liveObjects.connections.current == 0 && io.liveObjects.sockets.current == 0 && io["/"].socketCount == 0
    }

    @Test(arguments: ClientProfile.all)
    func `a client that resets after any of its packets leaves no objects behind`(profile: ClientProfile) async throws {
        for moment in Self.moments {
            let io = serve()
            do {
                let client = TestClient(EndpointHarness(io))
                let socket = try await client.connect(over: profile.transport, speaking: profile.revision)
                if moment > 1 { try await socket.join("/", auth: ["key": "value"]) }
                if moment > 2 { try await socket.send("text") }
                if profile.revision.hasEvents {
                    if moment > 3 { try await socket.emit("echo", "text") }
                    if moment > 4 { try await socket.emit("ask") }
                    if moment > 5, profile.revision.engineIOVersion != nil { try await socket.sendRaw("40/other,") }
                }
                if moment > 6 { _ = try await socket.nextIfAny() }
                if moment > 7 { try await socket.disconnect() }
                try await socket.drop()
                await client.advance(by: .seconds(200))
                await client.settle()
            }
            #expect(io.connectionCount == 0)
            #expect(isEmpty(io), "moment \(moment)")
        }
    }

    @Test(arguments: ClientProfile.all)
    func `a network failure during any write leaves no objects behind`(profile: ClientProfile) throws {
        for moment in Self.moments {
            let io = serve()
            try breakOff(profile, io, at: moment)
            #expect(isEmpty(io), "moment \(moment)")
        }
    }

    /// Opens a connection on a channel that ends at its `moment`-th write.
    private func breakOff(_ profile: ClientProfile, _ io: SocketIO, at moment: Int) throws {
        let loops = TwoLoops(io)
        var sid: String?
        if ClientGrammar.of(profile.revision).greeting == .request {
            let told = try loops.text(of: loops.ask("/socket.io/1/?t=1", on: loops.first))
            sid = String(told.prefix { $0 != ":" })
        }
        let text = ClientGrammar.of(profile.revision).get("/socket.io", profile.transport, sid)
        let target = try #require(RequestTarget(text))
        let isWebSocket = profile.revision.transport(named: profile.transport.first)?.kind == .webSocket
        let request = Request(
            method: .get,
            target: target,
            headers: isWebSocket
                ? [
                    .upgrade: "websocket", .connection: "Upgrade", .secWebSocketVersion: "13",
                    .secWebSocketKey: WebSocketProof.key,
                ] : [:],
            executor: loops.first.executorOfTasks
        )
        let webSocket = BreakingWebSocket(loops.first, breakingAt: moment)
        let writer = BreakingWriter(loops.first, breakingAt: moment)
        try loops.first.turn {
            switch try loops.endpoint.answer(request).immediateResponse?.body {
            case .upgrade(let upgrade): webSocket.open(upgrade)
            case .stream(let body): body(writer)
            default: Issue.record("no connection was opened")
            }
        }
        let isEngineIO = profile.revision.engineIOVersion != nil
        loops.first.turn { webSocket.receive(isEngineIO ? "40" : "1::") }
        loops.first.advance(by: .milliseconds(2))
        loops.first.turn { webSocket.receive(isEngineIO ? #"42["echo","x"]"# : #"5:::{"name":"echo","args":["x"]}"#) }
        loops.first.turn {
            webSocket.end()
            writer.leave()
        }
        loops.first.advance(by: .seconds(200))
        loops.settle()
    }

    // MARK: Upgrades

    @Test func `a network failure during the answer to a probe leaves no objects behind`() throws {
        let io = serve()
        do {
            let loops = TwoLoops(io)
            let target = try loops.open()
            for moment in 1...2 {
                let webSocket = BreakingWebSocket(loops.second, breakingAt: moment)
                let request = Request(
                    method: .get,
                    target: try #require(RequestTarget(target.replacing("polling", with: "websocket"))),
                    headers: [
                        .upgrade: "websocket", .connection: "Upgrade", .secWebSocketVersion: "13",
                        .secWebSocketKey: WebSocketProof.key,
                    ],
                    executor: loops.second.executorOfTasks
                )
                try loops.second.turn {
                    guard case .upgrade(let upgrade) = try loops.endpoint.answer(request).immediateResponse?.body else {
                        Issue.record("no upgrade")
                        return
                    }
                    webSocket.open(upgrade)
                }
                loops.second.turn { webSocket.receive("2probe") }
                loops.settle()
                #expect(webSocket.isWritable == (moment > 1))
                // The connection moves, and its first packet ends the WebSocket.
                loops.second.turn { webSocket.receive("5") }
                loops.first.turn { io.emit("news") }
                loops.settle()
                #expect(io.connectionCount == (moment > 1 ? 0 : 1))
            }
        }
        #expect(isEmpty(io))
    }

    @Test func `10,000 frames directly behind the upgrade are handled in order`()
        throws
    {
        let io = SocketIO()
        let count = Recorded<Int>()
        io.onConnect { $0.on("count") { (number: Int) in count.add(number) } }
        let loops = TwoLoops(io)
        let (_, connection) = (try loops.open(), try #require(io.connections.all.first))
        let shard = io.shards.shard(for: loops.second.executorOfTasks)
        let webSocket = BreakingWebSocket(loops.second, breakingAt: .max)
        let carrier = ConnectionWebSocket(name: "websocket", webSocket: webSocket, shard: shard, textRevision: nil)
        loops.second.turn { carrier.offer(to: connection) }
        loops.settle()
        loops.second.turn { carrier.receive(text: ByteBuffer(string: "2probe")) }
        loops.settle()
        let clock = ContinuousClock()
        let time = clock.measure {
            loops.second.turn {
                carrier.receive(text: ByteBuffer(string: "5"))
                for number in 0..<10_000 { carrier.receive(text: ByteBuffer(string: "42[\"count\",\(number)]")) }
            }
        }
        // If the list of frames were copied for each frame, fifty million frames would be copied.
        #expect(time < .seconds(2))
        loops.settle()
        #expect(count.all == Array(0..<10_000))
    }
}
