import Dispatch
import GustHTTP
import NIOCore
import Testing

@testable import GustServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// WebSockets that are flushed together at the end of a turn of their loop, over real connections.
@Suite struct UnflushedWebSocketsTests {
    /// The text of message `number`, 8,000 bytes long, so that its frame has 8,004.
    private static func text(_ number: Int) -> String {
        let digits = String(number)
        return digits + String(repeating: ".", count: 8_000 - digits.utf8.count)
    }

    /// Sends message `number` to all WebSockets, and those that follow it, each in a turn of its own.
    private static func send(_ number: Int, of count: Int, from stage: WebSocketStage) {
        guard number < count, let loop = stage.all.first?.eventLoop else { return }
        let message = PreparedMessage(text: ByteBuffer(string: text(number)))
        for webSocket in stage.all { webSocket.send(message) }
        // Behind the task that flushes.
        loop.execute { send(number + 1, of: count, from: stage) }
    }

    @Test func `messages of many turns arrive whole and in order although sockets take only parts of them`()
        async throws
    {
        let count = 1_200
        let handler = WebSocketStage().handler { Self.send(0, of: count, from: $0) }
        try await LocalServer.run(handler) { address in
            var clients: [LoopbackWebSocket] = []
            for _ in 0..<3 { clients.append(try await LoopbackWebSocket(to: address, awaiting: count * 8_004)) }
            for client in clients { try await client.channel.setOption(.autoRead, value: false).get() }
            try await clients[0].send()
            for client in clients {
                try await client.channel.setOption(.autoRead, value: true).get()
                var received = try await client.received.get()
                for number in 0..<count {
                    let header = received.readBytes(length: 4)
                    let text = received.readString(length: 8_000)
                    guard header == [0x81, 126, 0x1F, 0x40], text == Self.text(number) else {
                        Issue.record("message \(number) is \(text ?? "missing")")
                        break
                    }
                }
            }
            for client in clients { try await client.channel.close() }
        }
    }

    @Test func `a frame that was sent isn't sent again by a handler that flushes meanwhile`() async throws {
        let reset = DispatchSemaphore(value: 0)
        let stage = WebSocketStage()
        let handler = stage.handler(
            closed: { stage in
                // The first WebSocket was reset, so its frame is refused, and this is called before the others are finished.
                for webSocket in stage.all[1...] {
                    webSocket.send("x")
                    webSocket.flush()
                }
            },
            { stage in
                reset.wait()
                let message = PreparedMessage(text: ByteBuffer(string: "frame"))
                for webSocket in stage.all { webSocket.send(message) }
                stage.all.last?.flush()
            }
        )
        try await LocalServer.run(handler) { address in
            var clients: [LoopbackWebSocket] = []
            for _ in 0..<4 { clients.append(try await LoopbackWebSocket(to: address, awaiting: 7 + 3)) }
            try await clients[1].send()
            // Closing with a linger time of 0 resets the connection.
            let socket = try #require(clients[0].channel as? any SocketOptionProvider)
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            try await clients[0].channel.close()
            reset.signal()
            for client in clients[1...] {
                // 81 is a text frame.
                let expected = [0x81, 5] + Array("frame".utf8) + [0x81, 1] + Array("x".utf8)
                #expect(try await Array(buffer: client.received.get()) == expected)
            }
            for client in clients[1...] { try await client.channel.close() }
        }
    }
}
