/// What of a request tells generations apart: path shape and query, nothing else.
package struct AddressParts {
    /// The path below the resource, such as `/` or `/websocket/4711/123`; empty if there is none.
    package var path: String
    /// The first value of a query parameter.
    package var query: (String) -> String?

    package init(path: String, query: @escaping (String) -> String?) {
        self.path = path
        self.query = query
    }
}

/// What a request addresses: a generation, a transport, perhaps a session.
package struct Address {
    /// The generation whose grammar it is.
    package var revision: Revision
    /// The transport's name as asked for, known or not.
    package var transport: String
    /// The session; nil asks for a new one.
    package var sid: String?
    /// Whether the client can't take binary bodies.
    package var wantsBase64: Bool

    package init(revision: Revision, transport: String, sid: String?, wantsBase64: Bool) {
        self.revision = revision
        self.transport = transport
        self.sid = sid
        self.wantsBase64 = wantsBase64
    }
}
