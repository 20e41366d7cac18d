import Foundation
import Gust
import GustServer
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import GustClient

/// What is left of connections that have ended.
@Suite(.timeLimit(.minutes(2))) struct LeakTests {
    private struct Weak {
        weak var object: AnyObject?
    }

    @Test(arguments: [(10_000, ClientTransport.webSocket), (2_000, .upgrade)])
    func `thousands of lost connections leave neither an object nor a timer`(
        count: Int,
        transport: ClientTransport
    ) async throws {
        try await virtually { world in
            let settings = ClientSettings.webSocket.with { $0.transport = transport }
            let client = try world.client("http://server", settings)
            let socket = client.socket()
            let connects = Log<Bool>()
            socket.onConnect { connects.add(true) }
            let sequence = socket.events
            socket.open()
            var links: [Weak] = []
            var timers: Set<Int> = []
            for round in 0..<count {
                await world.settle()
                if transport == .webSocket {
                    let peer = try world.greeted()
                    peer.messages([#"40{"sid":"id"}"#, "2"])
                    links.append(Weak(object: client.connection.link))
                    if round % 100 == 99 { timers.insert(world.loop.timers) }
                    peer.end()
                } else {
                    let polls = try world.peer()
                    _ = try polls.request()
                    polls.respond(World.open(upgrades: #""websocket""#))
                    links.append(Weak(object: client.connection.link))
                    links.append(Weak(object: client.connection.probe))
                    polls.respond(#"40{"sid":"id"}"#)
                    while world.hasPeer { _ = try world.peer() }
                    if round % 100 == 99 { timers.insert(world.loop.timers) }
                    polls.end()
                }
                await world.advance(by: .seconds(1))
                world.forgetEnded()
            }
            #expect(connects.values.count == count)
            #expect(timers.count == 1, "\(timers)")
            #expect(links.count { $0.object != nil } <= 2, "those of the connection that is being opened")
            #expect(world.peers.count <= 4)
            _ = sequence
        }
    }

    @Test func `three hundred lost connections over TCP leave no descriptor`() async throws {
        var app = Application()
        app.add(SocketIO().routes())
        var configuration = HTTPServer.Configuration(loops: 1)
        configuration.address = .host("127.0.0.1", port: 0)
        let (addresses, listening) = AsyncStream.makeStream(of: [SocketAddress].self)
        configuration.onAllListening = { listening.yield($0) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = HTTPServer(try app.router(), configuration: configuration, logger: logger)
        let services = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = addresses.makeAsyncIterator()
            let port = try #require(await iterator.next()?.first?.port)
            for transport in [ClientTransport.webSocket, .upgrade] { try await lose(300, transport, at: port) }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            #expect(server.connectionCount == 0)
        }
    }

    /// Connects to a server and loses the connection a number of times; afterwards only the last one may be open.
    private func lose(_ count: Int, _ transport: ClientTransport, at port: Int) async throws {
        var settings = ClientSettings()
        settings.transport = transport
        settings.reconnection.delay = .zero
        let client = try SocketClient("http://127.0.0.1:\(port)", settings)
        let socket = client.socket()
        let connects = AsyncStream.makeStream(of: Void.self)
        socket.onConnect { connects.continuation.yield() }
        socket.open()
        var connected = connects.stream.makeAsyncIterator()
        for _ in 0..<count {
            _ = await connected.next()
            client.connection.run { $0.fail(.transportClosed) }
        }
        _ = await connected.next()
        await client.close()
        let end = ContinuousClock.now + .seconds(20)
        while let open = try Self.connections(of: port), open > 0 {
            try #require(ContinuousClock.now < end, "\(open) connections over \(transport) are left")
            await Task.yield()
        }
    }

    /// The number of connections of a port that a process holds, both ends counted; nil if the system doesn't tell.
    private static func connections(of port: Int) throws -> Int? {
        guard let table = FileManager.default.contents(atPath: "/proc/net/tcp") else { return nil }
        let digits = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        return String(decoding: table, as: UTF8.self).components(separatedBy: "\n").dropFirst().count { line in
            let fields = line.components(separatedBy: " ").filter { !$0.isEmpty }
            // Established, or closed by the other end only.
            guard fields.count > 3, ["01", "08"].contains(fields[3]) else { return false }
            return fields[1].hasSuffix(suffix) || fields[2].hasSuffix(suffix)
        }
    }
}
