public import GustWire
import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Opening Socket.IO connections in memory.
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
        over transport: TransportName = .webSocket,
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
        over transport: TransportName = .webSocket,
        speaking revision: Revision = .engineIO4,
        query: String = ""
    ) async throws -> TestSocket {
        let base = "\(path)/?EIO=\(revision.name)\(query)"
        if transport == .webSocket {
            let carrier = WebSocketCarrierEnd(webSocket: try await webSocket("\(base)&transport=websocket"))
            let socket = TestSocket(client: self, revision: revision, carrier: carrier)
            try await socket.takeHandshake()
            return socket
        }
        let response = try await get("\(base)&transport=polling")
        guard response.status == .ok else { throw TestError.refused(response) }
        let sid = try Self.sid(in: response.text)
        let polling = PollingCarrierEnd(
            client: self,
            target: "\(base)&transport=polling&sid=\(sid)",
            payload: revision.payload
        )
        try polling.take(response)
        let socket = TestSocket(client: self, revision: revision, carrier: polling)
        try await socket.takeHandshake()
        if transport == .upgrade {
            try await socket.upgrade(from: polling, target: "\(base)&transport=websocket&sid=\(sid)")
        }
        return socket
    }

    private static func sid(in handshake: String) throws -> String {
        guard let start = handshake.firstRange(of: #""sid":""#)?.upperBound,
            let end = handshake[start...].firstIndex(of: "\"")
        else { throw TestError.unexpected(handshake) }
        return String(handshake[start..<end])
    }
}
