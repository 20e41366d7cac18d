public import GustClientWire
import GustHTTP
public import GustWire
import HTTPTypes
import NIOCore

/// Opening Socket.IO connections.
extension TestClient {
    /// Opens a connection and joins a namespace.
    ///
    /// - Parameters:
    ///   - path: the path of the endpoint's resource, with the extra part if there is one.
    ///   - transport: the transport of the client.
    ///   - revision: the revision of the client.
    ///   - namespace: the namespace to join.
    ///   - query: further parameters, beginning with `&`.
    ///   - auth: the payload of CONNECT; nil for none.
    /// - Returns: the connected client.
    /// - Throws: ``TestError/refused(_:)`` with the response if the server refuses the handshake,
    ///   ``TestError/unexpected(_:)`` with the text of the refusal if the namespace refuses the client.
    public func open(
        _ path: String = "/socket.io",
        over transport: ClientTransport = .webSocket,
        speaking revision: Revision = .engineIO4,
        namespace: String = "/",
        query: String = "",
        auth: (any Encodable & Sendable)? = nil
    ) async throws -> TestSocket {
        let socket = try await connect(path, over: transport, speaking: revision, query: query)
        try await socket.join(namespace, auth: auth)
        return socket
    }

    /// Opens a connection without joining a namespace.
    ///
    /// - Parameters:
    ///   - path: the path of the endpoint's resource, with the extra part if there is one.
    ///   - transport: the transport of the client.
    ///   - revision: the revision of the client.
    ///   - query: further parameters, beginning with `&`.
    /// - Returns: the connected client.
    /// - Throws: ``TestError/refused(_:)`` with the response if the server refuses the handshake.
    public func connect(
        _ path: String = "/socket.io",
        over transport: ClientTransport = .webSocket,
        speaking revision: Revision = .engineIO4,
        query: String = ""
    ) async throws -> TestSocket {
        let grammar = ClientGrammar.of(revision)
        var sid: String?
        if grammar.greeting == .request {
            let answer = try await get(grammar.get(path, transport, nil) + query)
            guard answer.status == .ok else { throw TestError.refused(answer) }
            sid = try ServerGreeting.read(handshakeReply: answer.body).sid
        }
        if transport == .webSocket || transport == .flashSocket {
            let webSocket = try await webSocket(grammar.get(path, transport, sid) + query)
            let carrier = WebSocketTransportEnd(webSocket: webSocket)
            let socket = TestSocket(client: self, revision: revision, carrier: carrier, session: sid)
            if grammar.greeting != .request { _ = try await socket.takeGreeting() }
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
        let told = try await socket.takeGreeting()
        carrier.setSession(told)
        if transport == .upgrade {
            try await socket.upgrade(from: carrier, target: grammar.get(path, .webSocket, told) + query)
        }
        return socket
    }

    /// Opens a connection of a client profile and joins a namespace.
    ///
    /// - Parameters:
    ///   - profile: the revision and the transport.
    ///   - path: the path of the endpoint's resource.
    ///   - namespace: the namespace to join.
    /// - Returns: the connected client.
    /// - Throws: the errors of ``open(_:over:speaking:namespace:query:auth:)``.
    public func open(
        _ profile: ClientProfile,
        at path: String = "/socket.io",
        namespace: String = "/"
    ) async throws -> TestSocket {
        try await open(path, over: profile.transport, speaking: profile.revision, namespace: namespace)
    }

    /// The target of a `GET` or an upgrade of such a client; without a sid, the target of the request
    /// that opens a connection.
    package static func target(_ profile: ClientProfile, session: String?, at path: String = "/socket.io") -> String {
        ClientGrammar.of(profile.revision).get(path, profile.transport, session)
    }
}
