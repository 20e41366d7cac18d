import GustJSON
package import GustWire
package import NIOCore

/// The URLs and bodies of the requests of a revision's clients: the client's half of the grammar that `Revision` reads.
///
/// A sid comes from the server, so all its bytes that have a meaning in a request line are percent-encoded.
package struct ClientGrammar: Sendable {
    /// How a client receives the sid of its connection.
    package enum Greeting: Sendable {
        /// In the `OPEN` packet on the transport (1.x and later).
        case packet
        /// In the response to a handshake over HTTP, before a transport is opened (0.9).
        case request
        /// In the first message on the transport (0.6).
        case message
    }

    package let greeting: Greeting
    /// Whether the body of every `POST` is a form, not only that of a script.
    package let postsForms: Bool
    /// The target of a `GET` or an upgrade.
    package let get: @Sendable (_ path: String, _ transport: ClientTransport, _ sid: String?) -> String
    /// The target of a `POST`.
    package let post: @Sendable (_ path: String, _ transport: ClientTransport, _ sid: String) -> String
    /// A payload as the body of a `POST`.
    package let body: @Sendable (_ payload: ByteBuffer, _ transport: ClientTransport) -> ByteBuffer

    /// The grammar of a revision.
    package static func of(_ revision: Revision) -> ClientGrammar {
        grammars[revision] ?? engineIO(revision)
    }

    /// The number of the callback in the requests of scripts: any number does, because each response calls the same one.
    package static let callbackIndex = 7
    /// The time in the requests of 0.6 and 0.9, in milliseconds since 1970; servers don't read it.
    ///
    /// It keeps browsers from answering out of a cache, which other clients don't have.
    private static let time = 1_290_000_000_000

    /// The grammars of the revisions whose paths name the transport.
    private static let grammars: [Revision: ClientGrammar] = [.socketIO09: socketIO09, .socketIO06: socketIO06]

    private static func engineIO(_ revision: Revision) -> ClientGrammar {
        let target = { @Sendable (path: String, transport: ClientTransport, sid: String?) in
            let session = sid.map { "&sid=\(URLText.encode($0))" } ?? ""
            let form =
                switch transport {
                // A script receives text only.
                case .jsonp: "&j=\(callbackIndex)&b64=1"
                case .base64Polling: "&b64=1"
                default: ""
                }
            return "\(URLText.directory(path))?EIO=\(revision.name)&transport=\(transport.first)\(form)\(session)"
        }
        return ClientGrammar(
            greeting: .packet,
            postsForms: false,
            get: target,
            post: { target($0, $1, $2) },
            body: { payload, transport in
                guard transport == .jsonp else { return payload }
                // engine.io-client escapes newlines, because the encoding of the form would change them.
                var text = String(buffer: payload)
                // Most texts have no newline, and replacing is slow for long texts.
                if text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") }) {
                    text = text.replacingBytes("\\n", with: "\\\\n").replacingBytes("\n", with: "\\n")
                }
                return FormText.field("d", text)
            }
        )
    }

    private static let socketIO09 = ClientGrammar(
        greeting: .request,
        postsForms: false,
        get: { path, transport, sid in
            guard let sid else { return "\(URLText.directory(path))1/?t=\(time)" }
            return target09(path, transport, sid)
        },
        post: target09,
        body: { payload, transport in
            guard transport == .jsonpPolling else { return payload }
            var literal = ByteBuffer()
            JSONText.write(String(buffer: payload), into: &literal)
            return FormText.field("d", String(buffer: literal))
        }
    )

    private static let target09 = { @Sendable (path: String, transport: ClientTransport, sid: String) in
        let index = transport == .jsonpPolling ? "&i=\(callbackIndex)" : ""
        return "\(URLText.directory(path))1/\(transport.rawValue)/\(URLText.encode(sid))?t=\(time)\(index)"
    }

    private static let socketIO06 = ClientGrammar(
        greeting: .message,
        postsForms: true,
        get: { path, transport, sid in
            let target = "\(URLText.directory(path))\(transport.rawValue)/\(sid.map(URLText.encode) ?? "")"
            return switch transport {
            case .webSocket, .flashSocket, .multipart: target
            case .jsonpPolling: "\(target)/\(time)/\(callbackIndex)"
            default: "\(target)/\(time)"
            }
        },
        post: { path, transport, sid in
            let last = transport == .jsonpPolling ? "\(time)/\(callbackIndex)" : "send"
            return "\(URLText.directory(path))\(transport.rawValue)/\(URLText.encode(sid))/\(last)"
        },
        body: { payload, transport in
            let text = String(buffer: payload)
            // A form sends each newline as CR LF, although the lengths in the payload count it as one character.
            guard transport == .jsonpPolling, text.utf8.contains(UInt8(ascii: "\n")) else {
                return FormText.field("data", text)
            }
            let lines = text.replacingBytes("\r\n", with: "\n")
            return FormText.field("data", lines.replacingBytes("\n", with: "\r\n"))
        }
    )
}

extension String {
    /// Replaces text by bytes; as a `Character`, `\r\n` doesn't contain `\n`.
    fileprivate func replacingBytes(_ old: String, with new: String) -> String {
        String(decoding: Array(utf8).replacing(Array(old.utf8), with: Array(new.utf8)), as: UTF8.self)
    }
}
