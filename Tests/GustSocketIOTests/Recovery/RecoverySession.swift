import GustTesting
import GustWire
import NIOCore

/// A WebSocket that has joined `/`, and the answer to its CONNECT, with the bytes of socket.io-client 4.
struct RecoverySession {
    let webSocket: TestWebSocket
    /// The messages before the answer to CONNECT.
    private(set) var missed: [String] = []
    private(set) var sid = ""
    private(set) var pid = ""

    private init(_ webSocket: TestWebSocket) { self.webSocket = webSocket }

    /// Opens a WebSocket and joins a namespace; its name is followed by a comma, and `/` has no name.
    static func open(
        _ client: TestClient,
        _ namespace: String = "",
        payload: String = ""
    ) async throws -> RecoverySession {
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        try await webSocket.send("40\(namespace)\(payload)")
        var session = RecoverySession(webSocket)
        while true {
            let message = try await webSocket.next()
            if case .binary(let bytes) = message {
                session.missed.append("<\(bytes.readableBytes) bytes>")
                continue
            }
            guard case .text(let text) = message else { throw TestError.closed }
            guard text.hasPrefix("40") else {
                session.missed.append(text)
                continue
            }
            let ids = try JSONSlice(validating: ByteBuffer(string: String(text.drop { $0 != "{" }))).decode(
                [String: String].self
            )
            session.sid = ids["sid"] ?? ""
            session.pid = ids["pid"] ?? ""
            return session
        }
    }

    /// Opens a WebSocket and asks for this session, with the offset of the last event if there was one.
    func `return`(
        to client: TestClient,
        in namespace: String = "",
        _ offset: String?
    ) async throws -> RecoverySession {
        let offset = offset.map { #","offset":"\#($0)""# } ?? ""
        return try await Self.open(client, namespace, payload: #"{"pid":"\#(pid)"\#(offset)}"#)
    }

    /// Reads the offset of the next event.
    func nextOffset() async throws -> String {
        guard case .text(let text) = try await webSocket.next() else { throw TestError.closed }
        return Self.offset(of: text)
    }

    /// The last argument of an event.
    static func offset(of text: String) -> String {
        String(text.split(separator: "\"").dropLast().last ?? "")
    }

    /// The names of the events before the answer to CONNECT.
    var missedNames: [String] { missed.map { String($0.split(separator: "\"").dropFirst().first ?? "") } }
}
