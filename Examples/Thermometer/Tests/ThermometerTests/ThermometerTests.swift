import Gust
import GustClient
import Testing
import ThermometerContract

@testable import Thermometer
@testable import ThermometerServer

/// The server and its clients in one process.
@Suite(.timeLimit(.minutes(1))) struct ThermometerTests {
    /// Serves while `body` runs, which gets the port.
    private func serve(_ house: House = House(), port: Int = 0, _ body: (Int) async throws -> Void) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var configuration = HTTPServer.Configuration(port: port, loops: 1)
        configuration.shutdownTimeout = .zero
        configuration.onListening = { continuation.yield($0.port ?? 0) }
        let server = try house.application().server(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run()
            }
            for await port in ports {
                try await body(port)
                break
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func client(_ port: Int) throws -> SocketClient {
        var settings = ClientSettings()
        settings.reconnection.delay = .milliseconds(10)
        settings.reconnection.maximumDelay = .milliseconds(50)
        return try SocketClient("http://127.0.0.1:\(port)", settings)
    }

    @Test func `a display shows the last reading of each room, and then each reading`() async throws {
        try await serve { port in
            let (sensors, displays) = (try client(port), try client(port))
            let kitchen = Sensor(socket: try await sensors.connect(), room: "kitchen")
            #expect(try await kitchen.report(19) == 1)
            #expect(try await kitchen.report(20.5) == 2)

            let socket = displays.socket()
            var readings = Display.readings(of: socket).makeAsyncIterator()
            try await socket.connect()
            #expect(await readings.next() == Reading(room: "kitchen", celsius: 20.5))
            #expect(try await kitchen.report(21) == 3)
            #expect(await readings.next() == Reading(room: "kitchen", celsius: 21))
            await sensors.close()
            await displays.close()
        }
    }

    @Test func `sensors and displays go on when the server was restarted`() async throws {
        var clients: [SocketClient] = []
        var port = 0
        try await serve { free in
            port = free
            clients = [try client(port), try client(port)]
            for client in clients { _ = try await client.connect() }
        }
        let cellar = Sensor(socket: clients[0].socket(), room: "cellar")
        var readings = Display.readings(of: clients[1].socket()).makeAsyncIterator()
        // The sensor has no server at this moment, so the reading waits.
        let report = Task { try await cellar.report(8) }
        try await serve(port: port) { _ async throws in
            #expect(try await report.value == 1)
            #expect(await readings.next() == Reading(room: "cellar", celsius: 8))
        }
        for client in clients { await client.close() }
    }
}
