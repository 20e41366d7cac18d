import GustHTTP
public import GustWire
import HTTPTypes
import NIOCore

/// Opening Socket.IO connections.
extension TestClient {
    /// Opens a connection and joins a namespace.
    ///
    /// - Parameters:
    ///   - path: where the endpoint's resource is, with its extra part if it has one.
    ///   - transport: how the client is carried.
    ///   - revision: the generation the client speaks.
    ///   - namespace: the namespace to join.
    ///   - query: more parameters, beginning with `&`.
    ///   - auth: what is sent along.
    /// - Returns: the client's end.
    /// - Throws: ``TestError/refused(_:)`` with the server's answer if it refuses the handshake, ``TestError/unexpected(_:)``
    ///   with the text of the refusal if the namespace doesn't let the client in.
    public func open(
        _ path: String = "/socket.io",
        over transport: TestTransport = .webSocket,
        speaking revision: Revision = .engineIO4,
        namespace: String = "/",
        query: String = "",
        auth: (any Encodable & Sendable)? = nil
    ) async throws -> TestSocket {
        let socket = try await connect(path, over: transport, speaking: revision, query: query)
        try await socket.join(namespace, auth: auth)
        return socket
    }

    /// Opens a connection and joins no namespace yet.
    ///
    /// - Parameters:
    ///   - path: where the endpoint's resource is, with its extra part if it has one.
    ///   - transport: how the client is carried.
    ///   - revision: the generation the client speaks.
    ///   - query: more parameters, beginning with `&`.
    /// - Returns: the client's end.
    /// - Throws: ``TestError/refused(_:)`` with the server's answer if it refuses the handshake.
    public func connect(
        _ path: String = "/socket.io",
        over transport: TestTransport = .webSocket,
        speaking revision: Revision = .engineIO4,
        query: String = ""
    ) async throws -> TestSocket {
        let grammar = ClientGrammar.of(revision)
        var sid: String?
        if grammar.greeting == .request {
            let answer = try await get(grammar.get(path, transport, nil) + query)
            guard answer.status == .ok else { throw TestError.refused(answer) }
            sid = answer.text.pieces(on: UInt8(ascii: ":"), maxSplits: 1).first.map { String($0) }
        }
        if transport == .webSocket || transport == .flashSocket {
            let webSocket = try await webSocket(grammar.get(path, transport, sid) + query)
            let carrier = WebSocketTransportEnd(webSocket: webSocket)
            let socket = TestSocket(client: self, revision: revision, carrier: carrier, session: sid)
            if grammar.greeting != .request { _ = try await socket.takeGreeting(grammar.greeting) }
            return socket
        }
        let carrier = RequestTransportEnd(
            client: self,
            path: path,
            transport: transport,
            revision: revision,
            query: query,
            sid: sid
        )
        let socket = TestSocket(client: self, revision: revision, carrier: carrier, session: sid)
        guard grammar.greeting != .request else { return socket }
        let told = try await socket.takeGreeting(grammar.greeting)
        carrier.setSession(told)
        if transport == .upgrade {
            try await socket.upgrade(from: carrier, target: grammar.get(path, .webSocket, told) + query)
        }
        return socket
    }

    /// Opens a connection of one row of a conformance matrix, and joins a namespace.
    ///
    /// - Parameters:
    ///   - profile: generation and transport.
    ///   - path: where the endpoint's resource is.
    ///   - namespace: the namespace to join.
    /// - Returns: the client's end.
    /// - Throws: what ``open(_:over:speaking:namespace:query:auth:)`` does.
    public func open(
        _ profile: ClientProfile,
        at path: String = "/socket.io",
        namespace: String = "/"
    ) async throws -> TestSocket {
        try await open(path, over: profile.transport, speaking: profile.revision, namespace: namespace)
    }

    /// What a client of that kind asks by `GET`, or by the request that becomes a WebSocket; without a session, to begin one.
    package static func target(_ profile: ClientProfile, session: String?, at path: String = "/socket.io") -> String {
        ClientGrammar.of(profile.revision).get(path, profile.transport, session)
    }
}
