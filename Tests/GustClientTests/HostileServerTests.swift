import GustFraming
import GustWire
import NIOCore
import NIOEmbedded
import Testing

@testable import GustClient

/// Servers that break the protocol over a WebSocket: a named error and a later attempt, never more.
@Suite(.timeLimit(.minutes(1))) struct HostileServerTests {
    /// The error with which an attempt or a connection has ended; nil if the client doesn't wait for the next attempt.
    private func failure(_ client: SocketClient) -> ClientError? {
        guard case .waiting(_, _, let error) = client.state else { return nil }
        return error
    }

    /// A client that has sent its handshake.
    private func opening(
        _ world: World,
        _ settings: ClientSettings = .webSocket
    ) async throws -> (SocketClient, Peer, Peer.Request) {
        let client = try world.client("http://server", settings)
        client.socket().open()
        await world.settle()
        let peer = try world.peer()
        return (client, peer, try peer.request())
    }

    // MARK: Handshakes

    @Test(
        arguments: [
            ("Upgrade: websocket\r\n", "a 101 response that doesn't upgrade to a WebSocket"),
            ("Connection: Upgrade\r\n", "a 101 response that doesn't upgrade to a WebSocket"),
            ("Upgrade: h2c\r\nConnection: Upgrade\r\n", "a 101 response that doesn't upgrade to a WebSocket"),
            (
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n",
                "Sec-WebSocket-Accept doesn't fit the key"
            ),
            (
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: chat\r\n",
                "the server chose a subprotocol that wasn't offered"
            ),
            (
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\n",
                "the server chose an extension that wasn't offered"
            ),
        ]
    )
    func `a handshake that doesn't fit is refused`(fields: String, reason: String) async throws {
        try await virtually { world in
            let (client, peer, request) = try await opening(world)
            peer.send(try Peer.acceptance(of: request, fields: fields))
            #expect(failure(client) == .protocolViolation(reason))
            #expect(!peer.isOpen)
        }
    }

    @Test(arguments: ["Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==\r\n", "Sec-WebSocket-Accept:\r\n", ""])
    func `a handshake without the answer to the key is refused`(field: String) async throws {
        try await virtually { world in
            let (client, peer, _) = try await opening(world)
            peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(field)\r\n")
            #expect(failure(client) == .protocolViolation("Sec-WebSocket-Accept doesn't fit the key"))
        }
    }

    @Test(
        arguments: [
            "permessage-deflate; server_max_window_bits=99", "permessage-deflate, permessage-deflate", "x-unknown",
            "permessage-deflate; unknown",
        ]
    )
    func `an extension that doesn't fit the offer is refused`(value: String) async throws {
        try await virtually { world in
            let (client, peer, request) = try await opening(world, .webSocket.with { $0.deflate = WebSocketDeflate() })
            let fields = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: \(value)\r\n"
            peer.send(try Peer.acceptance(of: request, fields: fields))
            #expect(failure(client) == .protocolViolation("the server's permessage-deflate doesn't fit the offer"))
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is a named error, and isn't followed`(status: Int) async throws {
        try await virtually { world in
            let (client, peer, _) = try await opening(world)
            peer.respond("", "\(status) Found", fields: "Location: http://other/\r\n")
            #expect(failure(client) == .redirected(to: "http://other/"))
            for _ in 0..<3 {
                await world.advance(by: .seconds(5))
                let next = try world.peer()
                _ = try next.request()
                next.respond("", "\(status) Found", fields: "Location: http://other/\r\n")
            }
            #expect(failure(client) == .redirected(to: "http://other/"))
            #expect(world.dials == 4)
        }
    }

    @Test func `a refusal has its status and the beginning of its body`() async throws {
        try await virtually { world in
            let (client, peer, _) = try await opening(world)
            peer.respond(String(repeating: "no ", count: 1_000), "403 Forbidden")
            let message = String(repeating: "no ", count: 67).prefix(200)
            #expect(failure(client) == .refused(status: 403, message: String(message)))
        }
    }

    @Test func `a refusal that doesn't end is bounded by the deadline`() async throws {
        try await virtually { world in
            let (client, peer, _) = try await opening(world)
            peer.send("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<19 {
                for _ in 0..<100 { peer.send("400\r\n\(String(repeating: "x", count: 1_024))\r\n") }
                await world.advance(by: .seconds(1))
            }
            #expect(client.state == .connecting(attempt: 1))
            await world.advance(by: .seconds(1))
            #expect(failure(client) == .timedOut("the attempt to connect"))
            #expect(!peer.isOpen)
        }
    }

    @Test func `a refusal that ends with the connection is a refusal`() async throws {
        try await virtually { world in
            let (client, peer, _) = try await opening(world)
            peer.send("HTTP/1.1 503 Service Unavailable\r\n\r\nlater")
            peer.end()
            #expect(failure(client) == .refused(status: 503, message: "later"))
        }
    }

    @Test func `interim responses are skipped, and endless ones are bounded by the deadline`() async throws {
        try await virtually { world in
            let (client, peer, request) = try await opening(world)
            for _ in 0..<1_000 {
                peer.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n")
            }
            #expect(client.state == .connecting(attempt: 1))
            peer.send(try Peer.acceptance(of: request))
            peer.message(World.open())
            #expect(client.state == .connected(transport: "websocket"))
        }
    }

    @Test(
        arguments: [
            "garbage\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "\u{0}\u{1}\u{2}",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ]
    )
    func `a response that isn't HTTP is a violation of the protocol`(response: String) async throws {
        try await virtually { world in
            let (client, peer, _) = try await opening(world)
            peer.send(response)
            let error = failure(client)
            guard case .protocolViolation(let text) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(text.utf8.starts(with: "HTTP: ".utf8))
            #expect(!peer.isOpen)
        }
    }

    @Test func `a head that doesn't end is refused before it fills the memory`() async throws {
        try await virtually { world in
            let (client, peer, _) = try await opening(world)
            peer.send("HTTP/1.1 200 OK\r\n")
            var sent = 0
            while failure(client) == nil, sent < 4_000_000 {
                peer.send("X-Field: \(String(repeating: "x", count: 1_000))\r\n")
                sent += 1_000
            }
            #expect(sent < 1_000_000)
            #expect(!peer.isOpen)
        }
    }

    @Test func `bytes one at a time are the same handshake, and end with the same deadline`() async throws {
        try await virtually { world in
            let (client, peer, request) = try await opening(world)
            for byte in try Peer.acceptance(of: request).utf8 { peer.send(ByteBuffer(bytes: [byte])) }
            let greeting = Peer.frame(.text, ByteBuffer(string: World.open()))
            for byte in greeting.readableBytesView { peer.send(ByteBuffer(bytes: [byte])) }
            #expect(client.state == .connected(transport: "websocket"))
            peer.end()
            await world.advance(by: .seconds(1))
            let slow = try world.peer()
            let response = try Peer.acceptance(of: try slow.request())
            for byte in response.utf8.prefix(19) {
                slow.send(ByteBuffer(bytes: [byte]))
                await world.advance(by: .seconds(1))
            }
            #expect(client.state == .connecting(attempt: 2))
            await world.advance(by: .seconds(1))
            #expect(failure(client) == .timedOut("the attempt to connect"))
            #expect(!slow.isOpen)
        }
    }

    // MARK: Greetings

    @Test(
        arguments: [
            "", "0", "0{}", "0[]", "0null", "1", "2", "3probe", "40", "4", "x", "6", "0{\"sid\":\"\"}",
            #"0{"sid":"a b","upgrades":[],"pingInterval":1,"pingTimeout":1}"#,
            #"0{"sid":"a","upgrades":[],"pingInterval":0,"pingTimeout":1}"#,
            #"0{"sid":"a","upgrades":[],"pingInterval":-1,"pingTimeout":1}"#,
            #"0{"sid":"a","upgrades":[],"pingInterval":1e99,"pingTimeout":1}"#,
            #"0{"sid":"a","upgrades":[],"pingInterval":86400001,"pingTimeout":1}"#,
            #"0{"sid":"a","upgrades":[],"pingInterval":9223372036854775807,"pingTimeout":9223372036854775807}"#,
            #"0{"sid":"a","upgrades":"websocket","pingInterval":1,"pingTimeout":1}"#,
            #"0{"sid":"a","upgrades":[1],"pingInterval":1,"pingTimeout":1}"#,
            #"0{"sid":"a","upgrades":[],"pingInterval":1,"pingTimeout":1,"maxPayload":0}"#,
            // Packets of 0.6 and 0.9.
            "~m~5~m~12345", "1::", "5:::{\"name\":\"a\"}",
        ]
    )
    func `a greeting that isn't one is refused`(greeting: String) async throws {
        try await virtually { world in
            let client = try world.client()
            client.socket().open()
            await world.settle()
            let peer = try world.greeted(greeting)
            let error = failure(client)
            guard case .protocolViolation(let text) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(text.utf8.starts(with: "the first packet".utf8))
            #expect(!peer.isOpen)
        }
    }

    @Test func `a greeting with a hundred thousand upgrades is refused`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            client.socket().open()
            await world.settle()
            let peer = try world.peer()
            _ = try peer.request()
            peer.respond(World.open(upgrades: Array(repeating: #""websocket""#, count: 100_000).joined(separator: ",")))
            guard case .protocolViolation = failure(client) else {
                Issue.record("\(client.state)")
                return
            }
        }
    }

    @Test func `the shortest heartbeat isn't a reason to spin`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.revision = .engineIO3 })
            client.socket().open()
            await world.settle()
            let peer = try world.greeted(World.open(interval: 1, timeout: 1))
            var pings = 0
            for _ in 0..<1_000 {
                await world.advance(by: .milliseconds(1))
                for text in peer.received() where text == "2" {
                    pings += 1
                    peer.message("3")
                }
            }
            #expect(pings == 10, "at most one ping in a tenth of a second")
            await world.advance(by: .milliseconds(101))
            #expect(failure(client) == .pingTimeout)
            await world.advance(by: .milliseconds(990))
            #expect(world.dials == 1)
        }
    }

    // MARK: Frames

    /// Frames that no server may send (RFC 6455 §5), and the code with which a client closes.
    @Test(
        arguments: [
            // Masked.
            ([0x81, 0x81, 1, 2, 3, 4, 5], 1_002),
            // Reserved bits, and a compressed message that wasn't negotiated.
            ([0x91, 1, 0x32], 1_002), ([0xC1, 1, 0x32], 1_002),
            // Reserved opcodes.
            ([0x83, 0], 1_002), ([0x8B, 0], 1_002),
            // A continuation of nothing; a message in a message.
            ([0x80, 0], 1_002), ([0x01, 1, 0x32, 0x81, 1, 0x32], 1_002),
            // A fragmented or long control frame.
            ([0x09, 0], 1_002), ([0x89, 126, 0, 126], 1_002),
            // Lengths that aren't the shortest form, or have the highest bit.
            ([0x81, 126, 0, 5], 1_002), ([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 5], 1_002),
            ([0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], 1_002),
            // More than is allowed.
            ([0x82, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1_009),
            ([0x82, 127, 0, 0, 0, 0, 1, 0, 0, 1], 1_009),
            // Text that isn't UTF-8.
            ([0x81, 2, 0x34, 0xFF], 1_007),
            // Close frames.
            ([0x88, 1, 3], 1_002), ([0x88, 2, 3, 0xED], 1_002), ([0x88, 3, 3, 0xE8, 0xFF], 1_007),
        ] as [([UInt8], UInt16)]
    )
    func `a frame that no server may send ends the connection with a code`(bytes: [UInt8], code: UInt16) async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let reasons = Log<DisconnectReason>()
            socket.onDisconnect { reasons.add($0) }
            await world.settle()
            peer.send(ByteBuffer(bytes: bytes))
            #expect(
                failure(client)
                    == .protocolViolation("a WebSocket frame that must be answered with close code \(code)")
            )
            #expect(reasons.values == [.parseError])
            _ = peer.received()
            #expect(peer.closeCode == code)
            #expect(!peer.isOpen)
        }
    }

    @Test func `endless fragments of a message are refused`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (_, peer) = try await world.connected(client)
            peer.send(ByteBuffer(bytes: [0x01, 0]))
            var count = 0
            while failure(client) == nil, count < 10_000 {
                peer.send(ByteBuffer(bytes: [0x00, 0]))
                count += 1
            }
            #expect(count < 2_000)
        }
    }

    @Test func `a close frame with an error code is an error with its reason`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (_, peer) = try await world.connected(client)
            var payload = ByteBuffer()
            payload.writeInteger(UInt16(1_008))
            payload.writeString("policy")
            peer.send(Peer.frame(.close, payload))
            #expect(failure(client) == .protocolViolation("closed with code 1008 (policy)"))
        }
    }

    @Test func `pings of a server that doesn't read their pongs don't fill the memory`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.limits.maximumBufferedBytes = 10_000 })
            let (_, peer) = try await world.connected(client)
            peer.channel.isWritable = false
            let ping = Peer.frame(.ping, ByteBuffer(repeating: 0x61, count: 125))
            for _ in 0..<1_000 { peer.send(ping) }
            #expect(client.connection.bufferedBytes < 10_300)
            peer.channel.isWritable = true
            peer.channel.pipeline.fireChannelWritabilityChanged()
            peer.message("2")
            #expect(peer.received() == ["3"])
        }
    }

    // MARK: Packets

    @Test(
        arguments: [
            "4", "49", "47[\"a\"]", "42", "42{}", "42[]", "42[\"a\"", "42[\"a\"]]", "42[\"a\",]",
            "42/a[\"a\"]",
            "422147483648000000000000000[\"a\"]", "45-[\"a\"]",
            "451-[\"a\",{\"_placeholder\":true,\"num\":1}]", "45101-[\"a\"]", "9", "x", "",
            "~m~1~m~a", "40[",
        ]
    )
    func `a packet that isn't one is a violation of the protocol`(packet: String) async throws {
        try await virtually { world in
            let client = try world.client()
            let (_, peer) = try await world.connected(client)
            peer.message(packet)
            let error = failure(client)
            guard case .protocolViolation = error else {
                Issue.record("\(packet): \(String(describing: error))")
                return
            }
            #expect(!peer.isOpen)
        }
    }

    @Test(arguments: ["42[1]", "43[]", "451-[\"a\"]", "5probe", "5:::{\"name\":\"a\"}"])
    func `a packet without a meaning for the client changes nothing`(packet: String) async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            peer.message(packet)
            peer.message("2")
            #expect(peer.received() == ["3"])
            #expect(socket.isConnected)
        }
    }

    @Test func `attachments that never come keep the packet until the heartbeat fails`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<String>()
            socket.onAny { log.add($0.name) }
            await world.settle()
            peer.message(#"451-["a",{"_placeholder":true,"num":0}]"#)
            await world.advance(by: .seconds(45))
            #expect(failure(client) == .pingTimeout)
            #expect(log.values.isEmpty)
        }
    }

    @Test(
        arguments: [
            #"42["b"]"#, #"452-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#,
        ]
    )
    func `a packet in the place of an attachment is a violation`(packet: String) async throws {
        try await virtually { world in
            let client = try world.client()
            let (_, peer) = try await world.connected(client)
            peer.message(#"451-["a",{"_placeholder":true,"num":0}]"#)
            peer.message(packet)
            #expect(failure(client)?.disconnectReason == .parseError)
        }
    }

    @Test func `an attachment that no packet has announced is a violation`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (_, peer) = try await world.connected(client)
            peer.send(Peer.frame(.binary, ByteBuffer(string: "abc")))
            #expect(failure(client)?.disconnectReason == .parseError)
        }
    }

    @Test func `more or longer attachments than allowed are refused`() async throws {
        try await virtually { world in
            let settings = ClientSettings.webSocket.with {
                $0.limits.maximumAttachments = 2
                $0.limits.maximumAttachmentBytes = 10
            }
            let client = try world.client("http://server", settings)
            let (_, first) = try await world.connected(client)
            first.message(#"453-["a",{"_placeholder":true,"num":0}]"#)
            #expect(failure(client)?.disconnectReason == .parseError)
            await world.advance(by: .seconds(1))
            let second = try await world.joined()
            second.message(#"452-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#)
            second.send(Peer.frame(.binary, ByteBuffer(repeating: 0, count: 6)))
            #expect(failure(client) == nil)
            second.send(Peer.frame(.binary, ByteBuffer(repeating: 0, count: 5)))
            #expect(failure(client)?.disconnectReason == .parseError)
        }
    }

    @Test(arguments: ["[", #"{"a":"#]) func `deeply nested JSON is refused or carried, never a crash`(
        opening: String
    ) async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<Int>()
            socket.on("a") { (event: SocketEvent) in log.add(event.arguments.count) }
            await world.settle()
            let closing = opening == "[" ? "]" : "}"
            let depth = 200_000
            let value = String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
            peer.message("42[\"a\",\(value)]")
            await world.settle()
            #expect(failure(client)?.disconnectReason == .parseError || log.values == [1])
        }
    }

    @Test func `answers for namespaces that nobody has asked for are ignored`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let idle = client.socket("/idle")
            for namespace in ["/unknown", "/idle"] {
                peer.messages([
                    "40\(namespace),{\"sid\":\"x\"}", "42\(namespace),[\"a\"]", "43\(namespace),0[]",
                    "44\(namespace),{\"message\":\"no\"}", "41\(namespace),",
                ])
            }
            #expect(!idle.isConnected)
            #expect(socket.isConnected)
            #expect(client.connection.sockets.count == 1)
            #expect(peer.received() == [])
        }
    }

    @Test func `a second answer to CONNECT changes nothing`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let connects = Log<Bool>()
            socket.onConnect { connects.add(true) }
            await world.settle()
            peer.message(#"40{"sid":"other","pid":"p"}"#)
            #expect(socket.id == "id")
            #expect(connects.values.isEmpty)
        }
    }

    @Test(arguments: ["40", "40{}", #"40{"sid":7}"#, "40[]"])
    func `an answer to CONNECT without a sid is a violation`(answer: String) async throws {
        try await virtually { world in
            let client = try world.client()
            client.socket().open()
            await world.settle()
            try world.greeted().message(answer)
            #expect(failure(client)?.disconnectReason == .parseError)
        }
    }

    @Test func `acknowledgements of nothing are ignored`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            peer.messages(["430[]", "439[1]", "439223372036854775807[]"])
            #expect(socket.isConnected)
            let call = world.start { try await socket.emitWithAcknowledgement("a") }
            await world.settle()
            peer.messages([#"430["first"]"#, #"430["second"]"#])
            #expect(try await call.value.received == #"["first"]"#)
        }
    }

    @Test func `an open packet in the middle of a connection is ignored`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            peer.message(World.open("another", interval: 1, timeout: 1))
            await world.advance(by: .seconds(10))
            #expect(socket.isConnected || failure(client)?.disconnectReason == .parseError)
        }
    }

    /// Where a server closes the connection.
    enum Stage: CaseIterable {
        case accepted, partOfResponse, upgraded, partOfFrame, greeted, joined, partOfAttachments
    }

    @Test(arguments: Stage.allCases)
    func `a server that closes the connection is asked again after the delay`(stage: Stage) async throws {
        try await virtually { world in
            let client = try world.client()
            client.socket().open()
            for _ in 0..<3 {
                await world.settle()
                let dials = world.dials
                let peer = try world.peer()
                let request = try peer.request()
                switch stage {
                case .accepted: break
                case .partOfResponse: peer.send("HTTP/1.1 101 Swit")
                default: peer.send(try Peer.acceptance(of: request))
                }
                switch stage {
                case .accepted, .partOfResponse, .upgraded: break
                case .partOfFrame: peer.send(ByteBuffer(bytes: [0x81, 0x10, 0x30]))
                default: peer.message(World.open())
                }
                if stage == .joined || stage == .partOfAttachments { peer.message(#"40{"sid":"id"}"#) }
                if stage == .partOfAttachments { peer.message(#"451-["a",{"_placeholder":true,"num":0}]"#) }
                peer.end()
                await world.settle()
                #expect(failure(client)?.disconnectReason == (stage == .partOfResponse ? .parseError : .transportClose))
                await world.advance(by: .milliseconds(999))
                #expect(world.dials == dials, "not before a second")
                await world.advance(by: .milliseconds(4_001))
                #expect(world.dials == dials + 1)
            }
        }
    }

    @Test func `bytes behind the end of a connection are ignored`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<String>()
            socket.onAny { log.add($0.name) }
            await world.settle()
            peer.messages(["1", #"42["a"]"#, #"42["b"]"#])
            #expect(failure(client) == .transportClosed)
            #expect(log.values.isEmpty)
        }
    }
}
