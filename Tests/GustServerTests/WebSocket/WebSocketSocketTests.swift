import GustHTTP
import NIOCore
import NIOPosix
import Testing

@testable import GustServer

/// Messages that the server writes to sockets past their channels, over real connections.
@Suite struct WebSocketSocketTests {
    /// The text of message `number`, 100 bytes long.
    private static func text(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 100 - digits.utf8.count) + digits
    }

    @Test func `messages arrive in order although the socket takes only a part of them at once`() async throws {
        let count = 60_000
        let stage = WebSocketStage()
        let (sent, continuation) = AsyncStream.makeStream(of: Bool.self)
        let handler = stage.handler { stage in
            guard let webSocket = stage.all.first else { return }
            // Each message is flushed by itself, so the socket refuses one in the middle; later ones wait in the channel.
            for number in 0..<count {
                if number % 2 == 0 {
                    webSocket.send(PreparedMessage(text: ByteBuffer(string: Self.text(number))))
                } else {
                    webSocket.send(text: ByteBuffer(string: Self.text(number)))
                }
                webSocket.flush()
            }
            continuation.yield(webSocket.bufferedBytes > 0)
        }
        try await LocalServer.run(handler) { address in
            let client = try await LoopbackWebSocket(to: address, awaiting: count * 102)
            try await client.channel.setOption(.autoRead, value: false).get()
            try await client.send()
            var iterator = sent.makeAsyncIterator()
            #expect(await iterator.next() == true, "bytes waited in the channel")
            try await client.channel.setOption(.autoRead, value: true).get()
            var received = try await client.received.get()
            for number in 0..<count {
                let header = received.readBytes(length: 2)
                let text = received.readString(length: 100)
                guard header == [0x81, 100], text == Self.text(number) else {
                    Issue.record("message \(number) is \(text ?? "missing")")
                    break
                }
            }
            try await client.channel.close()
        }
    }

    @Test func `a message for many WebSockets reaches all of them, although the loop reads meanwhile`() async throws {
        let stage = WebSocketStage()
        let handler = stage.handler { stage in
            let message = PreparedMessage(text: ByteBuffer(string: Self.text(7)))
            for webSocket in stage.all { webSocket.send(message) }
            for webSocket in stage.all { webSocket.send("end") }
        }
        try await LocalServer.run(handler) { address in
            var clients: [LoopbackWebSocket] = []
            for _ in 0..<200 { clients.append(try await LoopbackWebSocket(to: address, awaiting: 102 + 5)) }
            try await clients[0].send()
            for client in clients {
                let received = try await client.received.get()
                #expect(
                    Array(buffer: received) == [0x81, 100] + Array(Self.text(7).utf8) + [0x81, 3] + Array("end".utf8)
                )
            }
            for client in clients { try await client.channel.close() }
        }
    }
}
