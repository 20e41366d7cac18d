import GustWire
import Testing

@testable import GustClient

/// Handlers for one event, and handlers of declared events.
@Suite(.timeLimit(.minutes(1))) struct OnceTests {
    private let line = ServerEvent<String, Never>("line")
    private let ask = ServerEvent<Int, Int>("ask")
    private let empty = ServerEvent<Void, Never>("empty")

    @Test func `a handler that is registered with once is called for one event`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<String>()
            socket.once("text") { (text: String) in log.add("typed \(text)") }
            socket.once("text") { (event: SocketEvent) in log.add("undecoded \(event.arguments.count)") }
            socket.once("text") { (text: String) async in log.add("async \(text)") }
            await world.settle()
            peer.messages([#"42["text","a"]"#, #"42["text","b"]"#])
            try await world.until("the handlers") { log.values.count >= 3 }
            #expect(log.take() == ["typed a", "undecoded 1", "async a"])
        }
    }

    @Test func `a handler that registers itself again is called for the next event, not for the same one`() async throws
    {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<String>()
            @Sendable func register(_ number: Int) {
                socket.once("text") { [weak socket] (text: String) in
                    log.add("\(number) \(text)")
                    if socket != nil, number < 2 { register(number + 1) }
                }
            }
            register(1)
            await world.settle()
            peer.messages([#"42["text","a"]"#, #"42["text","b"]"#, #"42["text","c"]"#])
            #expect(log.take() == ["1 a", "2 b"])
        }
    }

    @Test func `a handler with once can be removed before its event, and acknowledges it`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<String>()
            socket.off(socket.once("text") { (text: String) in log.add(text) })
            socket.once("sum") { (one: Int, other: Int) in one + other }
            socket.once("later") { (number: Int) async in number + 1 }
            await world.settle()
            peer.messages([#"42["text","a"]"#, #"420["sum",20,22]"#, #"421["later",6]"#, #"422["sum",1,2]"#])
            let replies = Log<String>()
            try await world.until("both replies") {
                for packet in peer.received() { replies.add(packet) }
                return replies.values.count >= 2
            }
            #expect(log.take() == [])
            #expect(replies.values == ["430[42]", "431[7]"])
        }
    }

    @Test func `an event whose arguments cannot be decoded ends a handler with once too`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<String>()
            client.onError { _, _, event in log.add("error of \(event ?? "")") }
            socket.once("number") { (number: Int) in log.add("\(number)") }
            await world.settle()
            peer.messages([#"42["number","a"]"#, #"42["number",1]"#])
            #expect(log.take() == ["error of number"])
        }
    }

    @Test func `handlers of declared events may have several statements and no result`() async throws {
        try await virtually { [line, ask, empty] world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<String>()
            socket.on(line) { text in
                log.add("on")
                log.add(text)
            }
            socket.on(empty) {
                log.add("one")
                log.add("two")
            }
            socket.once(line) { text in
                log.add("once")
                log.add(text)
            }
            socket.once(ask) { number in
                log.add("asked")
                return number + 1
            }
            await world.settle()
            peer.messages([#"42["line","a"]"#, #"42["line","b"]"#, #"42["empty"]"#, #"420["ask",41]"#])
            await world.settle()
            #expect(log.take() == ["on", "a", "once", "a", "on", "b", "one", "two", "asked"])
            #expect(peer.received() == ["430[42]"])
        }
    }
}
