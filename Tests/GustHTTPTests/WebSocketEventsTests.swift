import GustHTTP
import NIOCore
import NIOEmbedded
import Testing

/// The closures of a WebSocket.
@Suite struct WebSocketEventsTests {
    /// What the closures hold: usually the socket.
    private final class Held {}

    @Test func `messages go to their closures`() {
        let events = WebSocketEvents()
        var words: [String] = []
        events.receive(text: ByteBuffer(string: "nobody listens yet"))
        events.onText = { words.append("text \(String(buffer: $0))") }
        events.onBinary = { words.append("bytes \($0.readableBytes)") }
        events.receive(text: ByteBuffer(string: "a"))
        events.receive(binary: ByteBuffer(bytes: [1, 2]))
        #expect(words == ["text a", "bytes 2"])
    }

    /// A socket with no more than it must have.
    private final class Plain: WebSocket {
        let eventLoop: any EventLoop = EmbeddedEventLoop()
        let isWritable = true
        let bufferedBytes = 0
        var sent: [String] = []

        func send(text: ByteBuffer) { sent.append(String(buffer: text)) }
        func send(binary: ByteBuffer) {}
        func send(_ message: PreparedMessage) {}
        func flush() {}
        func ping(_ payload: ByteBuffer) {}
        func close(code: WebSocketCloseCode?, reason: String) { sent.append("close \(code?.rawValue ?? 0) \(reason)") }
        func abort() {}
        func pauseReading() {}
        func resumeReading() {}
    }

    @Test func `what a socket needn't implement is made of what it must`() {
        let socket = Plain()
        socket.send("a")
        socket.send(textWrittenBy: { $0.writeString("b") })
        // Nothing appended, nothing sent.
        socket.send(textWrittenBy: { _ in })
        socket.close()
        #expect(socket.sent == ["a", "b", "close 1000 "])
        #expect(socket.carriesBinary)
    }

    @Test func `the end is told once, and lets go of what the closures hold`() {
        let events = WebSocketEvents()
        weak var held: Held?
        var ends = 0
        do {
            let socket = Held()
            held = socket
            events.onText = { _ in _ = socket }
            events.onBinary = { _ in _ = socket }
            events.onClose = { _ in
                _ = socket
                ends += 1
            }
        }
        #expect(held != nil)
        events.closed(WebSocketClosure(isClean: true))
        events.closed(WebSocketClosure(isClean: false))
        #expect(ends == 1)
        #expect(held == nil)
    }
}
