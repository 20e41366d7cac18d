import Crypto
import GustHTTP
import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The opening handshake of WebSocket, from the server's side (RFC 6455 §4.2).
enum WebSocketHandshake {
    /// What a client gets that asked properly.
    struct Acceptance {
        /// The fields of the 101.
        var headers: HTTPFields
        /// How messages are framed from here on.
        var framing: any WebSocketFraming
    }

    private static let version = "13"
    private static let magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// Checks a request and answers it.
    static func accept(_ request: Request, _ upgrade: WebSocketUpgrade) -> Result<Acceptance, HTTPError> {
        guard request.method == .get, request.isUpgrade(to: "websocket") else {
            return .failure(HTTPError(.upgradeRequired, "a WebSocket is served here", headers: [.upgrade: "websocket"]))
        }
        guard request.headers[.secWebSocketVersion] == version else {
            return .failure(
                HTTPError(
                    .upgradeRequired,
                    "only version \(version) of the WebSocket protocol is spoken here",
                    headers: [.secWebSocketVersion: version]
                )
            )
        }
        guard let key = request.headers[.secWebSocketKey], Data(base64Encoded: key)?.count == 16 else {
            return .failure(HTTPError(.badRequest, "Sec-WebSocket-Key isn't the base64 of 16 bytes"))
        }
        var headers: HTTPFields = [
            .upgrade: "websocket",
            .connection: "Upgrade",
            .secWebSocketAccept: answer(to: key),
        ]
        if let subprotocol = upgrade.subprotocol {
            guard request.headers[.secWebSocketProtocol]?.containsToken(subprotocol) == true else {
                return .failure(HTTPError(.badRequest, "the subprotocol \(subprotocol) was not offered"))
            }
            headers[.secWebSocketProtocol] = subprotocol
        }
        let framing = RFC6455Framing(
            maximumMessageSize: upgrade.maximumMessageSize,
            maximumFragments: upgrade.maximumFragments
        )
        return .success(Acceptance(headers: headers, framing: framing))
    }

    /// The proof that the key was read.
    static func answer(to key: String) -> String {
        Data(Insecure.SHA1.hash(data: Data((key + magic).utf8))).base64EncodedString()
    }
}
