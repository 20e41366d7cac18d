public import GustHTTP
public import NIOCore

/// The client's end of a WebSocket.
public final class TestWebSocket: Sendable {
    /// What the server sent.
    public enum Message: Sendable, Hashable {
        /// A text message.
        case text(String)
        /// A binary message.
        case binary(ByteBuffer)
        /// The end: the code of the closing handshake, nil if its frame was empty, or 1006, which is never sent, if the
        /// connection broke off without one (RFC 6455 §7.1.5).
        case close(WebSocketCloseCode?)

        /// Whether both came with the same bytes.
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
    /// - Throws: ``TestError/closed`` after the end.
    public func send(_ text: String) async throws {
        try await access.onLoop { try self.end.send(.text(text)) }
    }

    /// Sends a binary message.
    ///
    /// - Throws: ``TestError/closed`` after the end.
    public func send(_ bytes: ByteBuffer) async throws {
        try await access.onLoop { try self.end.send(.binary(bytes)) }
    }

    /// Closes, as a client does that goes away.
    public func close(_ code: WebSocketCloseCode? = .normalClosure) async throws {
        try await access.onLoop { self.end.close(code) }
    }

    /// Goes away without a word, as a client does whose network is gone.
    public func abort() async throws {
        try await access.onLoop { self.end.abort() }
    }

    /// Waits for the next message.
    ///
    /// - Returns: the message.
    /// - Throws: ``TestError/timedOut(_:)`` if none comes.
    public func next() async throws -> Message {
        try await access.wait(for: "a WebSocket message") { try await self.nextIfAny() }
    }

    /// The next message, if one is there.
    public func nextIfAny() async throws -> Message? {
        try await access.onLoop { self.end.take() }
    }

    /// Says whether the client takes what is sent: what a slow reader does to a server.
    ///
    /// In memory the server sees it at once; over TCP once the buffers of the operating system are full.
    public func setWritable(_ isWritable: Bool) async throws {
        try await access.onLoop { self.end.setWritable(isWritable) }
    }
}

extension WebSocketCloseCode {
    /// What an end without a closing handshake is called (RFC 6455 §7.1.5).
    static let abnormalClosure = Self(rawValue: 1006)
}
