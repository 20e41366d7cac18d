import GustWire
import NIOCore
import Testing

@testable import GustClient

/// Servers that break the protocol over requests.
@Suite(.timeLimit(.minutes(1))) struct HostilePollingTests {
    private func failure(_ client: SocketClient) -> ClientError? {
        guard case .waiting(_, _, let error) = client.state else { return nil }
        return error
    }

    /// A client that has sent its first poll.
    private func opening(
        _ world: World,
        _ change: (inout ClientSettings) -> Void = { _ in }
    ) async throws -> (SocketClient, Peer) {
        let client = try world.client("http://server", .polling.with(change))
        client.socket().open()
        await world.settle()
        let peer = try world.peer()
        _ = try peer.request()
        return (client, peer)
    }

    @Test func `a refusal has its status and its body`() async throws {
        try await virtually { world in
            let (client, peer) = try await opening(world)
            peer.respond(#"{"code":5}"#, "400 Bad Request")
            #expect(failure(client) == .refused(status: 400, message: #"{"code":5}"#))
            #expect(!peer.isOpen)
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is a named error, and isn't followed`(status: Int) async throws {
        try await virtually { world in
            let (client, peer) = try await opening(world)
            peer.respond("", "\(status) Moved", fields: "Location: /elsewhere\r\n")
            #expect(failure(client) == .redirected(to: "/elsewhere"))
            #expect(world.dials == 1)
        }
    }

    @Test(
        arguments: [
            "<!DOCTYPE html><html></html>", "", "ok", "97:0{}", "{}", "\u{1E}", "0", "40", "2",
            "~m~1~m~a", "\u{FFFD}1::",
        ]
    )
    func `a page that isn't a greeting is a violation`(page: String) async throws {
        try await virtually { world in
            let (client, peer) = try await opening(world)
            peer.respond(page, fields: "Content-Type: text/html\r\n")
            #expect(failure(client)?.disconnectReason == .parseError, "\(client.state)")
        }
    }

    @Test func `a greeting is read whatever the type of its content is`() async throws {
        try await virtually { world in
            let (client, peer) = try await opening(world)
            peer.respond(World.open(), fields: "Content-Type: image/png\r\n")
            #expect(client.state == .connected(transport: "polling"))
        }
    }

    @Test func `a response longer than the limit is refused before it has ended`() async throws {
        try await virtually { world in
            let (client, peer) = try await opening(world) { $0.limits.maximumPayload = 10_000 }
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
            var sent = 0
            while failure(client) == nil, sent < 1_000_000 {
                peer.send(String(repeating: "x", count: 1_000))
                sent += 1_000
            }
            #expect(sent == 11_000)
            #expect(failure(client) == .protocolViolation("a response to a poll is longer than 10000 bytes"))
        }
    }

    @Test func `a chunked response that doesn't end is refused at the limit`() async throws {
        try await virtually { world in
            let (client, peer) = try await opening(world) { $0.limits.maximumPayload = 10_000 }
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<11 { peer.send("3e8\r\n\(String(repeating: "x", count: 1_000))\r\n") }
            #expect(failure(client) == .protocolViolation("a response to a poll is longer than 10000 bytes"))
        }
    }

    @Test func `a response of one byte at a time ends with the deadline`() async throws {
        try await virtually { world in
            let (client, peer) = try await opening(world)
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in 0..<20 {
                peer.send("0")
                await world.advance(by: .seconds(1))
            }
            #expect(failure(client) == .timedOut("the attempt to connect"))
            #expect(!peer.isOpen)
        }
    }

    @Test func `a response that is cut is a lost connection`() async throws {
        try await virtually { world in
            let (client, peer) = try await opening(world)
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0{")
            peer.end()
            let error = failure(client)
            #expect(error != nil)
            #expect(world.dials == 1)
        }
    }

    @Test func `a response to no request ends the connection`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (socket, server) = try await Polling.connected(world, client)
            socket.emit("a")
            await world.settle()
            let post = try server.post()
            post.peer.respond("ok")
            for _ in 0..<100 { post.peer.respond("ok") }
            await world.settle()
            // The connection of the posts is gone, the next post opens another; or the session has failed.
            if failure(client) == nil { #expect(!post.peer.isOpen) }
        }
    }

    @Test func `a server that answers each poll at once with nothing is asked more and more slowly`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (socket, server) = try await Polling.connected(world, client)
            // Without time passing, only a few polls are sent at once.
            var asked = 0
            while asked < 100, try server.polls.nextRequest() != nil {
                asked += 1
                server.polls.respond("6")
            }
            #expect(asked < 10)
            #expect(socket.isConnected)
            #expect(world.peers.count == 2)
        }
    }

    @Test func `more packets in a response than allowed are refused`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling.with { $0.limits.maximumPackets = 10 })
            let (_, server) = try await Polling.connected(world, client)
            server.polls.respond(Array(repeating: "6", count: 11).joined(separator: "\u{1E}"))
            #expect(failure(client)?.disconnectReason == .parseError)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 404 Not Found", "HTTP/1.1 302 Found\r\nLocation: /x", "HTTP/1.1 101 Switching Protocols",
    ])
    func `a session that the server doesn't know any more is opened again after the delay`(head: String) async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (_, server) = try await Polling.connected(world, client)
            server.polls.send("\(head)\r\nContent-Length: 0\r\n\r\n")
            await world.settle()
            #expect(failure(client) != nil)
            #expect(!server.polls.isOpen)
            await world.advance(by: .milliseconds(999))
            #expect(!world.hasPeer)
            await world.advance(by: .milliseconds(1))
            #expect(try world.peer().request().target == "/socket.io/?EIO=4&transport=polling")
        }
    }

    @Test func `the sid of a server is percent-encoded`() async throws {
        try await virtually { world in
            let (client, peer) = try await opening(world)
            peer.respond(World.open("a&b=c%20#/?"))
            _ = client
            #expect(try peer.request().target == "/socket.io/?EIO=4&transport=polling&sid=a%26b%3Dc%2520%23%2F%3F")
        }
    }

    // MARK: Other revisions

    @Test(
        arguments: [
            "", ":::", "sid", "sid:15:25", "sid:15:25:websocket:x", "s d:15:25:websocket", "sid:0:25:websocket",
            "sid:-1:25:websocket", "sid:999999:25:websocket", "<html>", #"0{"sid":"a"}"#,
            String(repeating: "x", count: 100_000),
        ]
    )
    func `a handshake of 0.9 that isn't one is a violation`(reply: String) async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.revision = .socketIO09 })
            client.socket().open()
            await world.settle()
            let peer = try world.peer()
            _ = try peer.request()
            peer.respond(reply)
            #expect(failure(client)?.disconnectReason == .parseError)
            #expect(!peer.isOpen)
        }
    }

    @Test func `a handshake of 0.9 that doesn't end is bounded by the deadline`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.revision = .socketIO09 })
            client.socket().open()
            await world.settle()
            let peer = try world.peer()
            _ = try peer.request()
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<20 {
                for _ in 0..<100 { peer.send("400\r\n\(String(repeating: "x", count: 1_024))\r\n") }
                await world.advance(by: .seconds(1))
            }
            #expect(failure(client) == .timedOut("the attempt to connect"))
            #expect(!peer.isOpen)
        }
    }

    @Test func `a streamed response whose payload doesn't end is refused at the limit`() async throws {
        try await virtually { world in
            let settings = ClientSettings.webSocket.with {
                $0.revision = .socketIO09
                $0.transport = .htmlFile
                $0.limits.maximumPayload = 10_000
            }
            let client = try world.client("http://server", settings)
            client.socket().open()
            await world.settle()
            let handshake = try world.peer()
            _ = try handshake.request()
            handshake.respond("sid:15:25:htmlfile")
            await world.settle()
            let stream = try world.peer()
            _ = try stream.request()
            stream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<11 { stream.send("3e8\r\n\(String(repeating: "x", count: 1_000))\r\n") }
            #expect(failure(client)?.disconnectReason == .parseError)
            #expect(!stream.isOpen)
        }
    }
}
