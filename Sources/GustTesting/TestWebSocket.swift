public import GustHTTP
public import NIOCore

/// The client's end of a WebSocket.
public final class TestWebSocket: Sendable {
    /// Something that was received from the server.
    public enum Message: Sendable, Hashable {
        /// A text message.
        case text(String)
        /// A binary message.
        case binary(ByteBuffer)
        /// The end of the WebSocket.
        ///
        /// The value is the code of the close frame, nil if the frame has no code, or 1006 if the connection ended
        /// without a close frame (RFC 6455 §7.1.5).
        case close(WebSocketCloseCode?)

        /// Whether both have the same bytes.
        public static func == (left: Message, right: Message) -> Bool {
            switch (left, right) {
            case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
            case (.binary(let left), .binary(let right)): left == right
            case (.close(let left), .close(let right)): left == right
            default: false
            }
        }

        /// Hashes the bytes.
        public func hash(into hasher: inout Hasher) {
            switch self {
            case .text(let text): hasher.combine(ByteText(text))
            case .binary(let bytes): hasher.combine(bytes)
            case .close(let code): hasher.combine(code)
            }
        }
    }

    private let access: any ServerAccess
    private let end: any WebSocketEnd

    init(_ access: any ServerAccess, _ end: any WebSocketEnd) {
        self.access = access
        self.end = end
    }

    /// Sends a text message.
    ///
    /// - Throws: ``TestError/closed`` if the WebSocket is closed.
    public func send(_ text: String) async throws {
        try await access.onLoop { try self.end.send(.text(text)) }
    }

    /// Sends a binary message.
    ///
    /// - Throws: ``TestError/closed`` if the WebSocket is closed.
    public func send(_ bytes: ByteBuffer) async throws {
        try await access.onLoop { try self.end.send(.binary(bytes)) }
    }

    /// Closes the WebSocket with a closing handshake.
    public func close(_ code: WebSocketCloseCode? = .normalClosure) async throws {
        try await access.onLoop { self.end.close(code) }
    }

    /// Closes the connection without a closing handshake, as a network failure does.
    public func abort() async throws {
        try await access.onLoop { self.end.abort() }
    }

    /// Waits for the next message.
    ///
    /// - Returns: the message.
    /// - Throws: ``TestError/timedOut(_:)`` if none is received in time.
    public func next() async throws -> Message {
        try await access.wait(for: "a WebSocket message") { try await self.nextIfAny() }
    }

    /// The next message; nil if none has been received.
    public func nextIfAny() async throws -> Message? {
        try await access.onLoop { self.end.take() }
    }

    /// Stops or resumes reading from the server, to simulate a slow reader.
    ///
    /// In memory, the WebSocket of the server becomes unwritable or writable at once. Over TCP, it becomes unwritable
    /// when the buffers of the operating system are full.
    public func setWritable(_ isWritable: Bool) async throws {
        try await access.onLoop { self.end.setWritable(isWritable) }
    }
}

extension WebSocketCloseCode {
    /// The code for a connection that ended without a closing handshake (RFC 6455 §7.1.5).
    static let abnormalClosure = Self(rawValue: 1006)
}
