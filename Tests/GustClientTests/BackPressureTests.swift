import GustWire
import NIOCore
import Testing

@testable import GustClient

/// Programs that take events more slowly than the server sends them.
@Suite(.timeLimit(.minutes(1))) struct BackPressureTests {
    private static let unread = ClientSettings.webSocket.with { $0.limits.maximumUnreadEvents = 4 }

    @Test func `nothing is read while a sequence is as far behind as it may be`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client("http://server", Self.unread))
            let events = socket.events
            await world.settle()
            for number in 0..<3 { peer.message(#"42["n",\#(number)]"#) }
            let before = peer.reads
            peer.message(#"42["n",3]"#)
            #expect(peer.reads == before, "the fourth event stops the reading")
            peer.message(#"42["n",4]"#)
            #expect(peer.reads == before)
            var reader = events.makeAsyncIterator()
            for number in 0..<2 { #expect(await reader.next()?.arguments.received == "[\(number)]") }
            await world.settle()
            #expect(peer.reads > before, "half of the events are taken")
            for number in 2..<5 { #expect(await reader.next()?.arguments.received == "[\(number)]") }
        }
    }

    @Test func `a poll isn't sent while a sequence is as far behind as it may be`() async throws {
        try await virtually { world in
            let settings = ClientSettings.polling.with { $0.limits.maximumUnreadEvents = 2 }
            let (socket, server) = try await Polling.connected(world, try world.client("http://server", settings))
            let events = socket.events
            await world.settle()
            server.polls.respond("42[\"n\",1]\u{1E}42[\"n\",2]\u{1E}42[\"n\",3]")
            await world.settle()
            #expect(try server.polls.nextRequest() == nil)
            var reader = events.makeAsyncIterator()
            for number in 1...3 { #expect(await reader.next()?.arguments.received == "[\(number)]") }
            await world.settle()
            #expect(try server.polls.nextRequest() != nil)
        }
    }

    @Test func `a sequence that is released lets the client read again`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client("http://server", Self.unread))
            var events: SocketEvents<SocketEvent>? = socket.events
            await world.settle()
            for number in 0..<4 { peer.message(#"42["n",\#(number)]"#) }
            let before = peer.reads
            #expect(socket.connection.pauses == 1)
            _ = events
            events = nil
            await world.settle()
            #expect(socket.connection.pauses == 0)
            #expect(peer.reads > before)
            #expect(socket.sequences.isEmpty)
        }
    }

    @Test func `a pause lasts until each of its reasons has ended, also across connections`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", Self.unread)
            let (socket, first) = try await world.connected(client)
            let one = socket.events
            let other = socket.events
            await world.settle()
            for number in 0..<4 { first.message(#"42["n",\#(number)]"#) }
            #expect(socket.connection.pauses == 2)
            first.end()
            await world.advance(by: .seconds(1))
            let second = try world.greeted()
            #expect(second.received() == ["40"])
            second.message(#"40{"sid":"id"}"#)
            #expect(!socket.isConnected, "nothing is read over the next connection either")
            var reader = one.makeAsyncIterator()
            for _ in 0..<4 { _ = await reader.next() }
            await world.settle()
            #expect(!socket.isConnected)
            reader = other.makeAsyncIterator()
            for _ in 0..<4 { _ = await reader.next() }
            await world.settle()
            #expect(socket.isConnected)
        }
    }

    @Test func `nothing is read while as many handlers are suspended as may be`() async throws {
        try await virtually { world in
            let settings = ClientSettings.webSocket.with { $0.limits.maximumSuspendedHandlers = 2 }
            let (socket, peer) = try await world.connected(try world.client("http://server", settings))
            let waiting = Log<CheckedContinuation<Void, Never>>()
            socket.on("slow") { () async -> Void in await withCheckedContinuation { waiting.add($0) } }
            await world.settle()
            peer.message(#"42["slow"]"#)
            let before = peer.reads
            peer.messages([#"421["slow"]"#, #"422["slow"]"#])
            #expect(peer.reads == before)
            #expect(socket.connection.suspendedHandlers == 3)
            try await world.until("the handlers") { waiting.values.count == 3 }
            let handlers = waiting.take()
            for handler in handlers.prefix(1) { handler.resume() }
            try await world.until("a handler has ended") { socket.connection.suspendedHandlers == 2 }
            #expect(peer.reads == before, "as many as allowed are still suspended")
            for handler in handlers.dropFirst() { handler.resume() }
            try await world.until("all handlers have ended") { socket.connection.suspendedHandlers == 0 }
            #expect(peer.reads > before)
            #expect(Set(peer.received()) == ["431[]", "432[]"])
        }
    }

    @Test func `large events stop the reading although they are few`() async throws {
        try await virtually { world in
            let settings = ClientSettings.webSocket.with { $0.limits.maximumBufferedBytes = 1_000 }
            let (socket, peer) = try await world.connected(try world.client("http://server", settings))
            let events = socket.events
            await world.settle()
            let event = #"42["n","\#(String(repeating: "x", count: 600))"]"#
            peer.message(event)
            #expect(socket.connection.pauses == 0)
            peer.message(event)
            #expect(socket.connection.pauses == 1)
            var reader = events.makeAsyncIterator()
            _ = await reader.next()
            _ = await reader.next()
            await world.settle()
            #expect(socket.connection.pauses == 0)
        }
    }

    // MARK: Servers that don't read

    @Test(arguments: ["2", #"421["ask"]"#])
    func `a server that asks for answers and doesn't read them loses the connection`(question: String) async throws {
        try await virtually { world in
            let settings = ClientSettings.polling.with { $0.limits.maximumBufferedBytes = 10_000 }
            let client = try world.client("http://server", settings)
            let (socket, server) = try await Polling.connected(world, client)
            socket.on("ask") { () -> String in String(repeating: "a", count: 100) }
            await world.settle()
            // The first answer is on its way and is never taken.
            let payload = Array(repeating: question, count: 1_000).joined(separator: "\u{1E}")
            var rounds = 0
            while case .connected = client.state, rounds < 50 {
                server.polls.respond(payload)
                await world.settle()
                if case .connected = client.state { _ = try server.polls.request() }
                rounds += 1
            }
            #expect(rounds < 50)
            #expect(client.state == .waiting(attempt: 1, delay: .seconds(1), .bufferFull))
        }
    }
}
