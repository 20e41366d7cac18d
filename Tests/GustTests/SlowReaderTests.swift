import Gust
import GustTesting
import Synchronization
import Testing

/// Producers that wait for clients over TCP.
@Suite(.leavesNothing) struct SlowReaderTests {
    private final class Counts: Sendable {
        private let values = Mutex<[Int]>([])
        var all: [Int] { values.withLock { $0 } }
        func add(_ value: Int) { values.withLock { $0.append(value) } }
    }

    /// An endpoint whose clients ask for `count` events; how many bytes waited after each of them is recorded.
    private func producer(_ waiting: Counts) throws -> any Handler {
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("produce") { (count: Int, size: Int) async throws in
                let text = String(repeating: "x", count: size)
                for number in 0..<count {
                    try await socket.emitAndFlush("piece", number, text)
                    waiting.add(socket.bufferedBytes)
                }
            }
        }
        var app = Application()
        app.add(io.routes())
        return try app.router()
    }

    @Test func `nothing waits in the process when a caller is resumed, although the client is slow`() async throws {
        let waiting = Counts()
        try await TestClient.with(producer(waiting), at: .tcp) { client async throws in
            let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
            _ = try await webSocket.next()
            try await webSocket.send("40")
            _ = try await webSocket.next()
            try await webSocket.setWritable(false)
            // 20 MB, more than the operating system buffers.
            try await webSocket.send(#"42["produce",400,50000]"#)
            try await client.wait(for: "the first event") { !waiting.all.isEmpty }
            #expect(waiting.all.count < 400)
            try await webSocket.setWritable(true)
            for number in 0..<400 {
                guard case .text(let text) = try await webSocket.next() else { throw TestError.closed }
                #expect(text.hasPrefix("42[\"piece\",\(number),"))
            }
        }
        #expect(waiting.all.allSatisfy { $0 == 0 })
        #expect(waiting.all.count == 400)
    }

    @Test func `a producer is slowed down on every transport`() async throws {
        let waiting = Counts()
        try await TestClient.with(producer(waiting), at: .tcp) { client async throws in
            for profile in ClientProfile.withEvents {
                let socket = try await client.open(profile)
                try await socket.emit("produce", 40, 10_000)
                for number in 0..<40 {
                    guard case .event("piece", let arguments, _) = try await socket.next() else {
                        Issue.record("\(profile): event \(number) is missing")
                        return
                    }
                    #expect(arguments.first == "\(number)", "\(profile)")
                }
                try await socket.drop()
            }
        }
        #expect(waiting.all.allSatisfy { $0 == 0 })
    }
}
