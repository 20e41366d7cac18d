import CoreMetrics
import GustTesting
import GustWire
import MetricsTestKit
import NIOCore
import Testing

@testable import GustSocketIO

/// Metrics of handlers, acknowledgements, outcomes and loops.
@Suite(.leavesNothing) struct EventMetricsTests {
    private let metrics = TestMetrics()
    private let io: SocketIO
    private let client: TestClient
    private let gate = Gate()

    init() {
        var settings = SocketIOSettings()
        settings.metrics = metrics
        settings.recovery = SocketIOSettings.Recovery()
        io = SocketIO(settings)
        client = TestClient(EndpointHarness(io))
    }

    private func values(_ label: String, _ namespace: String, _ event: String) throws -> [Int64] {
        try metrics.expectTimer(label, [("namespace", namespace), ("event", event)]).values
    }

    private func count(_ label: String, _ dimension: (String, String)) throws -> Int64 {
        try metrics.expectCounter(label, [dimension]).totalValue
    }

    @Test func `the time of a handler is recorded when its task has ended, and unknown names are other`() async throws {
        io.onConnect { [gate] socket in socket.on("slow") { (_: Int) async in await gate.wait() } }
        let socket = try await client.open()
        try await socket.emit("slow", 1)
        try await socket.emit("made-up-1", 1)
        try await socket.emit("made-up-2", 1)
        await client.advance(by: .milliseconds(250))
        let label = "socketio_handler_duration_seconds"
        #expect(try values(label, "/", "slow") == [])
        #expect(try values(label, "/", "other") == [0, 0])
        gate.open()
        let slow = try metrics.expectTimer(label, [("namespace", "/"), ("event", "slow")])
        try await client.wait(for: "the end of the task") { slow.values == [250_000_000] }
        #expect(throws: (any Error).self) { try values(label, "/", "made-up-1") }
        try await socket.disconnect()
    }

    @Test func `arguments that can't be decoded are counted by event, and errors of the handler aren't`() async throws {
        struct Failure: Error {}
        io.onError { _, _, _ in }
        io["/"].on("number") { (_: Socket, number: Int) in if number == 0 { throw Failure() } }
        io["/"].on("later") { (_: Socket, number: Int) async throws in throw Failure() }
        let socket = try await client.open()
        for event in ["number", "later"] {
            try await socket.emit(event, "text")
            try await socket.emit(event, 0)
        }
        await client.settle()
        for event in ["number", "later"] {
            let label = "socketio_refused_arguments_total"
            let refused = try metrics.expectCounter(label, [("namespace", "/"), ("event", event)])
            #expect(refused.totalValue == 1)
        }
        try await socket.disconnect()
    }

    @Test func `the time until an acknowledgement is recorded by event, and a missing one isn't`() async throws {
        let answers = Recorded<Bool>()
        io["/"].on("go") { (socket: Socket) in
            socket.emit("ask", arguments: Arguments(), timeout: .seconds(2)) { answer in
                answers.add((try? answer.get()) != nil)
            }
        }
        let socket = try await client.open()
        try await socket.emit("go")
        _ = try await socket.next()
        await client.advance(by: .milliseconds(30))
        try await socket.acknowledge("yes")
        try await socket.emit("go")
        await client.advance(by: .seconds(3))
        #expect(answers.all == [true, false])
        #expect(try values("socketio_acknowledgement_duration_seconds", "/", "ask") == [30_000_000])
        try await socket.disconnect()
    }

    @Test func `ends of sockets and connections are counted by reason with the next report`() async throws {
        let leaving = try await client.open()
        let dropping = try await client.open()
        try await leaving.disconnect()
        try await dropping.drop()
        await client.advance(by: .seconds(11))
        #expect(try count("socketio_disconnects_total", ("reason", "client namespace disconnect")) == 1)
        #expect(try count("socketio_disconnects_total", ("reason", "transport close")) == 1)
        #expect(try count("socketio_closed_connections_total", ("reason", "transport close")) == 1)
    }

    @Test func `upgrades are counted by outcome`() async throws {
        let target = try await client.pollingSession()
        let webSocket = try await client.candidate(of: target)
        try await webSocket.send("2probe")
        _ = try await webSocket.next()
        let second = try await client.candidate(of: target)
        #expect(try await second.next() == .close(nil))
        try await webSocket.send("5")
        let closed = try await client.candidate(of: try await client.pollingSession())
        try await closed.close()
        await client.advance(by: .seconds(11))
        for outcome in ["completed", "refused", "failed"] {
            #expect(try count("socketio_upgrades_total", ("outcome", outcome)) == 1, "\(outcome)")
        }
        io.close()
        await client.settle()
    }

    @Test func `clients that ask for their socket are counted by whether they get it`() async throws {
        let session = try await RecoverySession.open(client)
        try await client.onLoop { [io] in io.emit("news", 1) }
        let offset = try await session.nextOffset()
        try await session.webSocket.abort()
        let second = try await session.return(to: client, offset)
        _ = try await RecoverySession.open(client, payload: #"{"pid":"unknown","offset":"a"}"#)
        _ = second
        await client.advance(by: .seconds(11))
        #expect(try count("socketio_recoveries_total", ("recovered", "true")) == 1)
        #expect(try count("socketio_recoveries_total", ("recovered", "false")) == 1)
        io.close()
        await client.settle()
    }

    @Test func `the longest lag of each second of a loop is recorded while clients are connected`() async throws {
        let socket = try await client.open()
        await client.advance(by: .seconds(3))
        let lag = try metrics.expectTimer("socketio_loop_lag_seconds")
        #expect(lag.values == [0, 0, 0])
        try await socket.drop()
        // The lost socket waits for its client for two minutes.
        await client.advance(by: .seconds(180))
        let count = lag.values.count
        #expect(count < 130)
        await client.advance(by: .seconds(60))
        #expect(lag.values.count == count)
    }

    @Test func `there are at most 1,000 events with metrics of their own`() throws {
        let metrics = try #require(EventMetrics(metrics))
        var cache = EventMetrics.Cache()
        for index in 0..<1_000 { _ = metrics.handled(EventKey(namespace: "/", event: "\(index)"), &cache) }
        let first = metrics.handled(EventKey(namespace: "/", event: "one more"), &cache)
        #expect(first === metrics.handled(EventKey(namespace: "/", event: "another"), &cache))
        #expect(first !== metrics.handled(EventKey(namespace: "/", event: "7"), &cache))
        first.duration.recordNanoseconds(5)
        #expect(try values("socketio_handler_duration_seconds", "other", "other") == [5])
    }
}

/// A server without a factory of metrics.
@Suite(.leavesNothing) struct NoMetricsTests {
    @Test func `without metrics, nothing is observed`() async throws {
        let io = SocketIO()
        let client = TestClient(EndpointHarness(io))
        let observed = Recorded<Bool>()
        io["/"].on("look") { (socket: Socket) in observed.add(socket.isObserved || socket.eventInProgress != nil) }
        let socket = try await client.open()
        _ = try await socket.emitWithAcknowledgement("look")
        #expect(observed.all == [false])
        #expect(io.eventMetrics == nil)
        #expect(io.outcomes == nil)
        try await socket.disconnect()
    }
}
