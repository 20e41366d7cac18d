import Gust
import GustTesting
import Testing

/// The snippets of `BackPressure.md`.
@Suite(.leavesNothing) struct BackPressureArticle {
    @Test func `a producer sends at the pace of the client`() async throws {
        var app = Application()
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("rows") { (count: Int) async throws in
                for number in 0..<count {
                    try await socket.emitAndFlush("row", number)
                }
            }
            socket.on("frame?") { (number: Int) in
                if socket.bufferedBytes < 100_000 { socket.emit("frame", number) }
            }
        }
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open()
        // More events than the outbox may hold.
        #expect(try await socket.emitWithAcknowledgement("rows", 2_000) == [])
        for number in 0..<2_000 { #expect(try await socket.next() == .event("row", ["\(number)"])) }
        try await socket.emit("frame?", 1)
        #expect(try await socket.next() == .event("frame", ["1"]))
    }

    @Test func `settings bound the outbox and the load`() async throws {
        var settings = SocketIOSettings()
        settings.outbox.maximumPackets = 200
        settings.outbox.policy = .suspend
        let io = SocketIO(settings)
        settings.load.maximumLag = .milliseconds(500)
        settings.load.maximumMemory = 2 << 30
        #expect(io.statistics.open == 0)
        #expect(SocketIOSettings().load.maximumLag == .seconds(2))
        #expect(SocketIOSettings().load.maximumMemory == nil)
        let outbox = SocketIOSettings.OutboxLimits()
        #expect(outbox.maximumBytes == 1 << 20)
        #expect(outbox.maximumPackets == 1_024)
        #expect(outbox.policy == .disconnect)
    }

    @Test func `a slow client receives the newest price of each symbol`() async throws {
        var app = Application()
        let io = SocketIO()
        io.onConnect { $0.join("prices") }
        func publish(_ symbol: String, _ price: Double) {
            io.to("prices").emitLatest("price", key: symbol, symbol, price)
        }
        app.add(io.routes())
        let client = TestClient(try app.router())
        let socket = try await client.open(over: .polling)
        for price in 1...9 {
            publish("A", Double(price))
            publish("B", Double(price) / 2)
        }
        await client.settle()
        // Which older prices arrive depends on how this thread and the loop alternate.
        var newest: [String: String] = [:]
        while newest != [#""A""#: "9", #""B""#: "4.5"] {
            guard case .event("price", let arguments, _) = try await socket.next() else { throw TestError.closed }
            newest[arguments[0]] = arguments[1]
        }
    }
}
