public import GustHTTP
import GustWire
import HTTPTypes

/// A request that an endpoint refuses before it reaches a connection; Node's event `connection_error`.
public struct RefusedRequest: Sendable {
    /// The request.
    public let request: Request
    /// The number of the error in Engine.IO: 0 for an unknown transport, 1 for an unknown sid, 2 for a handshake with
    /// another method than `GET`, 3 for another bad request, 4 for a client that isn't admitted, 5 for a revision that isn't
    /// served.
    public let code: Int
    /// The message that a client of Engine.IO receives, such as `Session ID unknown`.
    public let message: String
    /// What the error was found in, with the keys of engine.io: `transport`, `sid`, `method`, `protocol`, `message`; for
    /// code 3 `name` with a name of the error, such as `TRANSPORT_MISMATCH`.
    ///
    /// The values may be text of the client.
    public let context: [String: String]  // bytes: the keys are our own names

    /// Why a request is bad, where the refusal alone doesn't say it.
    enum Cause {
        case plain
        /// The connection is on another transport than that of the request.
        case mismatch(_ transport: String, _ current: String)
        /// A WebSocket without an upgrade, or an upgrade to another transport.
        case handshakeError
        /// There is no sid for the connection.
        case identifierError(any Error)
    }

    init(_ request: Request, _ address: Address, _ refusal: Refusal, _ cause: Cause) {
        self.request = request
        code = refusal.code
        message = refusal.message
        context =
            switch cause {
            case .plain: Self.context(of: refusal, request, address)
            case .mismatch(let transport, let current):
                ["name": "TRANSPORT_MISMATCH", "transport": transport, "previousTransport": current]
            case .handshakeError: ["name": "TRANSPORT_HANDSHAKE_ERROR"]
            case .identifierError(let error): ["name": "ID_GENERATION_ERROR", "error": "\(error)"]
            }
    }

    private static func context(
        of refusal: Refusal,
        _ request: Request,
        _ address: Address
    ) -> [String: String] {  // bytes: our own names
        switch refusal {
        case .unknownTransport: ["transport": address.transport?.name ?? request.query["transport"] ?? ""]
        case .unknownSession: ["sid": address.sid ?? ""]
        case .badHandshakeMethod: ["method": request.method.rawValue]
        case .badRequest: [:]
        case .forbidden: ["message": refusal.message]
        case .unsupportedVersion: ["protocol": address.revision.name]
        }
    }
}
