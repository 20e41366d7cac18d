import GustHTTP
import NIOCore
import NIOEmbedded
import Testing

/// The closures of `WebSocketEvents`, and the default implementations of `WebSocket`.
@Suite struct WebSocketEventsTests {
    /// An object that the closures hold, as they usually hold the WebSocket.
    private final class Held {}

    @Test func `messages are passed to their closures`() {
        let events = WebSocketEvents()
        var words: [String] = []
        events.receive(text: ByteBuffer(string: "no closure is set yet"))
        events.onText = { words.append("text \(String(buffer: $0))") }
        events.onBinary = { words.append("bytes \($0.readableBytes)") }
        events.receive(text: ByteBuffer(string: "a"))
        events.receive(binary: ByteBuffer(bytes: [1, 2]))
        #expect(words == ["text a", "bytes 2"])
    }

    /// A WebSocket that implements only the required members.
    private final class Plain: WebSocketConnection {
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

    @Test func `the default implementations call the required methods`() {
        let socket = Plain()
        socket.send("a")
        socket.send(textWrittenBy: { $0.writeString("b") })
        // If nothing is appended, nothing is sent.
        socket.send(textWrittenBy: { _ in })
        socket.close()
        #expect(socket.sent == ["a", "b", "close 1000 "])
        #expect(socket.carriesBinary)
    }

    @Test func `onClose is called once, and all closures are released`() {
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

    @Test func `onClose is called at once if it is set after the end, and no closure is kept`() {
        let events = WebSocketEvents()
        events.closed(WebSocketClosure(reason: "bye", isClean: true))
        weak var held: Held?
        var ends: [String] = []
        do {
            let socket = Held()
            held = socket
            events.onText = { _ in _ = socket }
            events.onBinary = { _ in _ = socket }
            events.onClose = { closure in
                _ = socket
                ends.append(closure.reason)
            }
        }
        #expect(ends == ["bye"])
        #expect(events.onText == nil && events.onBinary == nil && events.onClose == nil)
        #expect(held == nil)
    }

    @Test func `onClose may set closures, and another onClose`() {
        let events = WebSocketEvents()
        var ends: [String] = []
        events.onClose = { closure in
            ends.append("first \(closure.isClean)")
            events.onText = { _ in ends.append("text") }
            events.onClose = { closure in ends.append("second \(closure.isClean)") }
        }
        events.closed(WebSocketClosure(isClean: true))
        events.closed(WebSocketClosure(isClean: false))
        events.receive(text: ByteBuffer(string: "a"))
        #expect(ends == ["first true", "second true"])
    }

    @Test func `an object that a closure owns may set the closure at its end`() {
        final class Owner {
            let end: () -> Void
            init(_ end: @escaping () -> Void) { self.end = end }
            deinit { end() }
            func use() {}
        }
        let events = WebSocketEvents()
        var words: [String] = []
        func setOwning() {
            let owner = Owner { events.onText = { _ in words.append("later") } }
            events.onText = { _ in owner.use() }
        }
        setOwning()
        events.onText = nil
        events.receive(text: ByteBuffer(string: "a"))
        #expect(words == ["later"])
    }
}
