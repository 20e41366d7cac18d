import GustHTTP
import GustRouting
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustStreams

/// Back-pressure and pings of a WebSocket, on a loop that the test turns.
@Suite struct WebSocketFlowTests {
    private let loop = EmbeddedEventLoop()

    /// Opens a WebSocket that `body` serves.
    private func open(
        pings: Duration? = nil,
        _ body: @escaping @Sendable (WebSocketStream) async throws -> Void
    ) throws -> FakeWebSocket {
        var routes = Routes()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        routes.webSocketStream("/", pings: pings, logger: logger) { socket, _ in try await body(socket) }
        let target = try #require(RequestTarget("/"))
        let request = Request(method: .get, target: target, executor: LoopExecutor(loop))
        let socket = FakeWebSocket(loop)
        socket.open(try #require(try routes.build().answer(request).immediateResponse))
        loop.run()
        return socket
    }

    private final class Heard: Sendable {
        let messages = Mutex<[String]>([])
        let end = Mutex("")
    }

    @Test func `a handler that doesn't read stops the reading at 64 messages`() throws {
        let heard = Heard()
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let socket = try open { socket in
            for await _ in gate {}
            for try await message in socket.messages {
                if case .text(let text) = message { heard.messages.withLock { $0.append(text) } }
            }
        }
        for number in 0..<63 { socket.receiver?.receive(text: ByteBuffer(string: "\(number)")) }
        #expect(!socket.isPaused)
        socket.receiver?.receive(text: ByteBuffer(string: "63"))
        #expect(socket.isPaused)
        opening.finish()
        loop.run()
        #expect(!socket.isPaused)
        #expect(heard.messages.withLock { $0 } == (0..<64).map { "\($0)" })
        socket.end(isClean: true)
        loop.run()
    }

    @Test func `few long messages stop the reading too`() throws {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let socket = try open { socket in
            for await _ in gate {}
            for try await _ in socket.messages {}
        }
        socket.receiver?.receive(binary: ByteBuffer(repeating: 1, count: 1 << 19))
        #expect(!socket.isPaused)
        socket.receiver?.receive(binary: ByteBuffer(repeating: 1, count: 1 << 19))
        #expect(socket.isPaused)
        opening.finish()
        loop.run()
        #expect(!socket.isPaused)
        socket.end(isClean: true)
        loop.run()
    }

    @Test func `a handler that ends while reading is paused closes the WebSocket and reads on`() throws {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let socket = try open { _ in for await _ in gate {} }
        for number in 0..<64 { socket.receiver?.receive(text: ByteBuffer(string: "\(number)")) }
        #expect(socket.isPaused)
        opening.finish()
        loop.run()
        #expect(socket.closed == .normalClosure)
        #expect(!socket.isPaused)
        socket.end(isClean: true)
        loop.run()
    }

    @Test func `sending waits until there is room`() throws {
        let heard = Heard()
        let socket = try open { socket in
            for number in 0..<3 {
                try await socket.send("\(number)")
                heard.messages.withLock { $0.append("sent \(number)") }
            }
            for try await _ in socket.messages {}
        }
        #expect(socket.texts == ["0", "1", "2"])
        let waiting = try open { socket in
            for try await _ in socket.messages {
                try await socket.send("answer")
                heard.end.withLock { $0 = "sent" }
            }
        }
        waiting.setWritable(false)
        waiting.receiver?.receive(text: ByteBuffer(string: "ask"))
        loop.run()
        #expect(waiting.texts.isEmpty)
        #expect(heard.end.withLock { $0 } == "")
        waiting.setWritable(true)
        loop.run()
        #expect(waiting.texts == ["answer"])
        #expect(heard.end.withLock { $0 } == "sent")
        socket.end(isClean: true)
        waiting.end(isClean: true)
        loop.run()
    }

    @Test(arguments: [true, false])
    func `the messages end with the connection`(isClean: Bool) throws {
        let heard = Heard()
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let socket = try open { socket in
            for await _ in gate {}
            do {
                for try await message in socket.messages {
                    if case .text(let text) = message { heard.messages.withLock { $0.append(text) } }
                }
                heard.end.withLock { $0 = "end" }
            } catch {
                heard.end.withLock { $0 = "\(type(of: error))" }
                throw error
            }
        }
        socket.receiver?.receive(text: ByteBuffer(string: "last"))
        socket.end(isClean: isClean)
        opening.finish()
        loop.run()
        #expect(heard.messages.withLock { $0 } == ["last"])
        #expect(heard.end.withLock { $0 } == (isClean ? "end" : "WebSocketClosedError"))
    }

    @Test func `a client that answers pings stays, and one that doesn't is cut off`() throws {
        let socket = try open(pings: .seconds(30)) { socket in for try await _ in socket.messages {} }
        loop.advanceTime(by: .seconds(90))
        #expect(socket.pings == 3)
        #expect(!socket.isAborted)
        socket.answersPings = false
        loop.advanceTime(by: .seconds(30))
        // A message counts as a sign of life.
        socket.receiver?.receive(text: ByteBuffer(string: "a"))
        loop.advanceTime(by: .seconds(30))
        #expect(!socket.isAborted)
        loop.advanceTime(by: .seconds(30))
        #expect(socket.isAborted)
        #expect(socket.pings == 5)
        loop.advanceTime(by: .seconds(300))
        #expect(socket.pings == 5)
    }

    @Test func `nothing of an ended WebSocket is kept`() throws {
        weak var kept: (any WebSocketReceiver)?
        do {
            let socket = try open(pings: .seconds(30)) { socket in for try await _ in socket.messages {} }
            kept = socket.receiver
            socket.end(isClean: true)
            loop.run()
        }
        #expect(kept == nil)
    }
}
