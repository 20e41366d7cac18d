import Foundation
import GustWire
import NIOCore
import Testing

@testable import GustClient

/// Polling, and its upgrade to a WebSocket.
@Suite(.timeLimit(.minutes(1))) struct UpgradeTests {
    private static let open = World.open(upgrades: #""websocket""#)

    /// A joined socket whose WebSocket is opened beside the polls.
    private func upgrading(
        _ world: World,
        _ settings: ClientSettings = .upgrade
    ) async throws -> (client: SocketClient, socket: ClientSocket, server: Polling, probe: Peer) {
        let client = try world.client("http://server", settings)
        let socket = client.socket()
        socket.open()
        await world.settle()
        let polls = try world.peer()
        _ = try polls.request()
        polls.respond(Self.open)
        await world.settle()
        // The socket joins over the polls, and the WebSocket is opened meanwhile.
        let first = try world.peer()
        let second = try world.peer()
        let isFirst = first.unread().utf8.starts(with: "GET".utf8)
        let (probe, posts) = isFirst ? (first, second) : (second, first)
        #expect(try posts.request().body == "40")
        posts.respond("ok")
        _ = try polls.request()
        polls.respond(#"40{"sid":"id"}"#)
        _ = try polls.request()
        await world.settle()
        #expect(socket.isConnected)
        return (client, socket, Polling(world, polls, posts), probe)
    }

    @Test func `a connection is upgraded, and what is sent meanwhile follows over the WebSocket, in order`()
        async throws
    {
        try await virtually { world in
            let (client, socket, server, probe) = try await upgrading(world)
            let request = try probe.accept()
            #expect(request.target == "/socket.io/?EIO=4&transport=websocket&sid=session")
            #expect(probe.received() == ["2probe"])
            socket.emit("over polling")
            await world.settle()
            let post = try server.post()
            probe.message("3probe")
            socket.emit("held 1")
            socket.emit("held 2")
            await world.settle()
            #expect(post.body == #"42["over polling"]"#)
            post.peer.respond("ok")
            #expect(probe.received() == [], "the poll is still pending")
            // The server ends the poll with a noop.
            server.polls.respond("6")
            await world.settle()
            #expect(probe.received() == ["5", #"42["held 1"]"#, #"42["held 2"]"#])
            #expect(client.state == .connected(transport: "websocket"))
            #expect(try server.polls.nextRequest() == nil)
            #expect(!server.polls.isOpen)
            await world.settle()
            probe.message("2")
            #expect(probe.received() == ["3"])
        }
    }

    /// How the WebSocket of an upgrade fails.
    enum Failure: CaseIterable {
        case refused, closed, silent, wrongAnswer, unreadable, silentProbe
    }

    @Test(arguments: Failure.allCases)
    func `an upgrade that fails before its answer leaves the connection on polling`(failure: Failure) async throws {
        try await virtually { world in
            let (client, socket, server, probe) = try await upgrading(world)
            switch failure {
            case .refused: probe.respond("no", "400 Bad Request")
            case .closed: probe.end()
            case .silent: await world.advance(by: .seconds(10))
            case .wrongAnswer, .unreadable, .silentProbe:
                try probe.accept()
                if failure == .wrongAnswer { probe.message("2") }
                if failure == .unreadable { probe.message("x") }
                if failure == .silentProbe { await world.advance(by: .seconds(10)) }
            }
            await world.settle()
            #expect(client.state == .connected(transport: "polling"))
            #expect(!probe.isOpen)
            socket.emit("still")
            await world.settle()
            #expect(try server.post().body == #"42["still"]"#)
            #expect(!world.hasPeer, "the upgrade isn't tried again")
        }
    }

    @Test func `a poll that doesn't end during an upgrade ends the connection`() async throws {
        try await virtually { world in
            let (client, _, server, probe) = try await upgrading(world)
            try probe.accept()
            probe.message("3probe")
            await world.advance(by: .seconds(10))
            let error = ClientError.timedOut("the end of the last poll before the upgrade")
            #expect(client.state == .waiting(attempt: 1, delay: .seconds(1), error))
            #expect(!probe.isOpen)
            #expect(!server.polls.isOpen)
        }
    }

    @Test func `a WebSocket that is lost while the polls are being finished ends the connection`() async throws {
        try await virtually { world in
            let (client, _, server, probe) = try await upgrading(world)
            try probe.accept()
            probe.message("3probe")
            probe.end()
            #expect(client.state == .waiting(attempt: 1, delay: .seconds(1), .transportClosed))
            #expect(!server.polls.isOpen)
        }
    }

    @Test func `a client that is closed during an upgrade closes both connections`() async throws {
        try await virtually { world in
            let (client, _, server, probe) = try await upgrading(world)
            try probe.accept()
            let closing = world.start { await client.close() }
            await world.settle()
            let farewell = try server.post()
            #expect(farewell.body == "41")
            farewell.peer.respond("ok")
            let last = try server.post()
            #expect(last.body == "1")
            last.peer.respond("ok")
            try await closing.value
            #expect(!probe.isOpen)
            #expect(!server.polls.isOpen)
        }
    }

    // MARK: Polling

    @Test func `a POST that isn't answered ends the connection after the connect timeout`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (socket, server) = try await Polling.connected(world, client)
            socket.emit("a")
            await world.settle()
            _ = try server.post()
            await world.advance(by: .seconds(20))
            #expect(
                client.state
                    == .waiting(attempt: 1, delay: .seconds(1), .timedOut("the response to a request"))
            )
            #expect(!server.polls.isOpen)
        }
    }

    @Test func `a poll that isn't answered is the silence of the server`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (_, server) = try await Polling.connected(world, client)
            await world.advance(by: .seconds(44))
            server.polls.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n2")
            await world.advance(by: .seconds(1))
            #expect(client.state == .waiting(attempt: 1, delay: .seconds(1), .pingTimeout))
        }
    }

    @Test func `no more is sent in one POST than the server takes`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let open = #"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100}"#
            let (socket, server) = try await Polling.connected(world, client, open: open)
            for _ in 0..<4 { socket.emit("x", String(repeating: "x", count: 20)) }
            await world.settle()
            for count in [2, 2] {
                let post = try server.post()
                #expect(post.body.components(separatedBy: "\u{1E}").count == count)
                #expect(post.body.utf8.count <= 100)
                post.peer.respond("ok")
                await world.settle()
            }
        }
    }

    @Test func `a connection that the server closes between two polls is opened again`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (socket, server) = try await Polling.connected(world, client)
            server.polls.respond("6", fields: "Connection: close\r\n")
            await world.settle()
            let next = try world.peer()
            #expect(try next.request().method == "GET")
            #expect(socket.isConnected)
            next.respond("2")
            await world.settle()
            #expect(try server.post().body == "3")
        }
    }
}
