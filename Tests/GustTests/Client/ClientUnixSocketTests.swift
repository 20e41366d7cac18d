import Foundation
import Gust
import GustServer
import GustTesting
import GustWire
import Testing

@testable import GustClient

/// GustClient over a Unix domain socket.
@Suite(.leavesNothing) struct ClientUnixSocketTests {
    private func client(_ path: String, _ transport: ClientTransport) throws -> SocketClient {
        var settings = ClientSettings()
        settings.transport = transport
        settings.reconnection.isEnabled = false
        let escaped = path.utf8.map { $0 == UInt8(ascii: "/") ? "%2F" : String(UnicodeScalar($0)) }.joined()
        return try SocketClient("http+unix://\(escaped)/room?token=1", settings, logger: ConformanceServer.logger)
    }

    @Test(arguments: [ClientTransport.polling, .webSocket, .upgrade])
    func `a namespace of a server on a Unix socket is joined`(transport: ClientTransport) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "g\(UInt32.random(in: 0...(.max)))").path()
        let io = ConformanceServer.make()
        io["/room"].on("token") { (socket: Socket) in socket.handshake.query["token"] }
        var routes = Routes()
        routes.add(io.routes())
        var configuration = HTTPServer.Configuration(port: 0, loops: 1)
        configuration.address = .unixSocket(path: path)
        configuration.shutdownTimeout = .zero
        let (listening, continuation) = AsyncStream.makeStream(of: Void.self)
        configuration.onListening = { _ in continuation.yield() }
        let server = HTTPServer(try routes.build(), configuration: configuration, logger: ConformanceServer.logger)
        let running = Task { try await server.run() }
        var iterator = listening.makeAsyncIterator()
        _ = await iterator.next()
        let client = try client(path, transport)
        let outcome: Result<String, any Error>
        do {
            let socket = try await client.connect()
            outcome = .success(try await socket.emitWithAcknowledgement("token").decode(String.self, at: 0))
        } catch {
            outcome = .failure(error)
        }
        await client.close()
        running.cancel()
        try? await running.value
        #expect(try outcome.get() == "1")
    }

    @Test(arguments: ["/nowhere/socket", "/" + String(repeating: "x", count: 200), "/tmp"])
    func `a path without a server is an error with the reason`(path: String) async throws {
        for transport in [ClientTransport.polling, .webSocket] {
            let client = try client(path, transport)
            await #expect {
                _ = try await client.connect()
            } throws: { error in
                guard case ClientError.connectionFailed(let reason) = error else { return false }
                return !reason.utf8.isEmpty
            }
            await client.close()
        }
    }
}
