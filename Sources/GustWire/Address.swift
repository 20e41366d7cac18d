/// The parts of a request by which revisions are recognised: the form of the path, and the query.
package struct AddressParts: ~Copyable {
    /// The path below the resource as it was sent, such as `/` or `/websocket/4711/123`; empty if there is none.
    package var path: String
    /// The parameters of the query.
    package let query: AddressQuery

    package init(path: String, query: consuming AddressQuery) {
        self.path = path
        self.query = query
    }

    /// Makes the parts of a request whose query has the parameters that `query` returns for their names.
    package init(path: String, query: (String) -> String?) { self.init(path: path, query: AddressQuery(query)) }

    /// How many segments a path is split into at most; the last one has the rest of the path.
    ///
    /// No grammar has as many segments.
    package static let maximumSegments = 8

    /// Whether the query is that of an Engine.IO client, for which the path below the resource is ignored.
    package var speaksEngineIO: Bool { query.engineIO != nil || query.transport != nil }

    /// The segments between the path's slashes; the first one is the text before the first slash, and empty in a valid path.
    var segments: [String] {
        var segments: [String] = []
        segments.reserveCapacity(Self.maximumSegments)
        var path = path
        path.withUTF8 { bytes in
            var start = 0
            while segments.count < Self.maximumSegments - 1,
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "/"))
            {
                segments.append(String(decoding: bytes[start..<end], as: UTF8.self))
                start = end + 1
            }
            segments.append(String(decoding: bytes[start...], as: UTF8.self))
        }
        return segments
    }
}

extension Revision {
    /// Whether a request at `address` can belong to a connection of this revision.
    package func covers(_ address: Address) -> Bool { self == address.revision }

    /// Whether the path is complete in this revision's grammar, with the transport and the sid that it requires.
    ///
    /// Stricter than ``address``, which also reads what is refused afterwards. A path behind which stands something else,
    /// such as a room, is cut where a sentence begins.
    ///
    /// | generation | sentences |
    /// | --- | --- |
    /// | 0.6 | `/transport`, then up to four segments: session, time or `send`, callback index, anything; each may be empty |
    /// | 0.9 | `/1`, `/1/transport/session`, with `disconnect` in the query also `/1/session` and `/1/anything/session`; each with or without a slash at the end |
    /// | Engine.IO | nothing, and `/` |
    package func isSentence(_ parts: borrowing AddressParts) -> Bool {
        guard let address = address(parts) else { return false }
        guard engineIOVersion == nil else { return parts.path.utf8.count <= 1 }
        switch address.purpose {
        case .handshake: return true
        case .disconnect: return parts.query.disconnects
        case .transport: return address.transport != nil && (handshakeReply == nil || address.sid != nil)
        case .unsupported: return false
        }
    }
}

/// What a request addresses: a generation, a transport, perhaps a session.
package struct Address: Sendable {
    /// What the request is for.
    package enum Purpose: Sendable, Equatable {
        /// To open, or to go on with, a session over the transport.
        case transport
        /// To be told a session id first, over plain HTTP (0.9): answered with the revision's `handshakeReply`.
        case handshake
        /// To end the session (0.9): answered 200 without a body.
        case disconnect
        /// Nothing that is served: a protocol number nobody has heard of; refused with `unsupportedVersion`.
        case unsupported
    }

    /// The generation whose grammar it is.
    package let revision: Revision
    /// The transport; nil if the purpose needs none, or if the revision has no transport of the name in the URL.
    package let transport: TransportDescriptor?
    /// The session; nil asks for a new one.
    package let sid: String?
    /// Whether the client can't take binary bodies.
    package let wantsBase64: Bool
    /// Which of its callbacks a script of this client calls; nil unless it polls by script.
    package let jsonpIndex: Int?
    /// The parameter `t`, with which clients of Engine.IO make each URL another one; nil if there is none.
    package let stamp: String?
    /// What the request is for.
    package let purpose: Purpose

    package init(
        revision: Revision,
        transport: TransportDescriptor?,
        sid: String?,
        wantsBase64: Bool = false,
        jsonpIndex: Int? = nil,
        stamp: String? = nil,
        purpose: Purpose = .transport
    ) {
        self.revision = revision
        self.transport = transport
        self.sid = sid
        self.wantsBase64 = wantsBase64
        self.jsonpIndex = jsonpIndex
        self.stamp = stamp
        self.purpose = purpose
    }

    /// The envelope of one response to the request.
    package var envelope: Envelope { transport?.envelope(callbackIndex: jsonpIndex) ?? .plain }

    /// A callback index: digits only, because it is written into a script; anything else is 0, and what doesn't fit is
    /// cut.
    static func jsonpIndex(_ text: String) -> Int {
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        return isNumber ? Int(text.prefix(15)) ?? 0 : 0
    }
}
