import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// Handshakes that are refused because the server has too much to do.
@Suite(.leavesNothing) struct LoadLimitTests {
    private static let handshake = "/socket.io/?EIO=4&transport=polling"

    private func serve(_ configure: (inout SocketIOSettings) -> Void = { _ in }) -> SocketIO {
        var settings = SocketIOSettings()
        settings.load.retryDelay = { 7 }
        configure(&settings)
        return SocketIO(settings)
    }

    /// The status and `Retry-After` of a handshake on the first loop.
    private func ask(_ loops: TwoLoops, _ target: String = handshake) throws -> (HTTPResponse.Status, String?) {
        let response = try #require(try loops.ask(target, on: loops.first).outcome?.get())
        return (response.status, response.headers[.retryAfter])
    }

    @Test(arguments: [handshake, "/socket.io/1/"])
    func `handshakes are refused while the next tick of the loop is overdue`(target: String) throws {
        let io = serve()
        let loops = TwoLoops(io)
        _ = try loops.open()
        #expect(try ask(loops, target).0 == .ok)
        loops.first.delay = .milliseconds(2_110)
        #expect(try ask(loops, target) == (.serviceUnavailable, "7"))
        #expect(io.statistics.refusedConnections == ["lag": 1])
        loops.first.delay = .zero
        #expect(try ask(loops, target).0 == .ok)
    }

    @Test func `handshakes are refused after a late tick, until a tick is in time`() throws {
        let loops = TwoLoops(serve())
        _ = try loops.open()
        loops.first.delay = .seconds(3)
        loops.first.advance(by: .milliseconds(100))
        loops.first.delay = .zero
        #expect(try ask(loops).0 == .serviceUnavailable)
        // The clock has gone back by three seconds, and the next tick is in the future.
        loops.first.advance(by: .milliseconds(3_100))
        #expect(try ask(loops).0 == .ok)
    }

    @Test func `a late tick after the last connection refuses nobody who comes later`() throws {
        let loops = TwoLoops(serve())
        let target = try loops.open()
        _ = try loops.ask(target, by: .post, body: "1", on: loops.first)
        loops.first.delay = .seconds(3)
        loops.first.advance(by: .milliseconds(100))
        loops.first.delay = .zero
        loops.first.advance(by: .seconds(60))
        #expect(try ask(loops).0 == .ok)
        #expect(try ask(loops).0 == .ok)
    }

    @Test func `another loop still accepts connections, and an open connection stays served`() throws {
        let loops = TwoLoops(serve())
        let target = try loops.open()
        loops.first.delay = .seconds(3)
        #expect(try #require(try loops.ask(Self.handshake, on: loops.second).outcome?.get()).status == .ok)
        let post = try loops.ask(target, by: .post, body: #"42["x"]"#, on: loops.first)
        #expect(try loops.text(of: post) == "ok")
    }

    @Test func `without a limit of the lag, a late loop accepts connections`() throws {
        let loops = TwoLoops(serve { $0.load.maximumLag = nil })
        _ = try loops.open()
        loops.first.delay = .seconds(10)
        #expect(try ask(loops).0 == .ok)
    }

    @Test func `handshakes are refused while the process uses too much memory, read once a second`() async throws {
        let readings = Recorded<Int>()
        let io = serve { settings in
            settings.load.maximumMemory = 1_000
            settings.load.memory = {
                readings.add(1)
                return 1_001
            }
        }
        let client = TestClient(EndpointHarness(io))
        for _ in 0..<3 {
            let response = try await client.get(Self.handshake)
            #expect(response.status == .serviceUnavailable)
            #expect(response.headers[.retryAfter] == "7")
            #expect(response.text == "the server is overloaded")
        }
        #expect(readings.all.count == 1)
        await client.advance(by: .seconds(1))
        await #expect(throws: TestError.self) {
            try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        }
        #expect(readings.all.count == 2)
        #expect(io.statistics.refusedConnections == ["memory": 4])
    }

    @Test func `the memory of this process is known on Linux`() {
        #if os(Linux)
        #expect(ResidentMemory.current ?? 0 > 1 << 20)
        #else
        #expect(ResidentMemory.current == nil)
        #endif
    }

    @Test func `refused clients are asked to return after different times`() {
        let delays = (0..<100).map { _ in SocketIOSettings().load.retryDelay() }
        #expect(delays.allSatisfy { (5...15).contains($0) })
        #expect(Set(delays).count > 1)
    }
}
