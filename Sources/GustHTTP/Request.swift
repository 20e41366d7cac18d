public import HTTPTypes
public import NIOCore

/// An HTTP request as a value, with the captures of routing and the values that middleware has stored.
///
/// A copy retains one object with the contents and one with the captures; the first change of a copy allocates. If a
/// middleware changes its copy and passes it to the next handler, the handlers around the middleware aren't affected.
public struct Request: Sendable {
    @usableFromInline var contents: RequestContents
    /// The captures of the matched pattern; empty before routing.
    public var captures = Captures()

    /// Makes a request, for servers and test clients.
    package init(
        method: HTTPRequest.Method,
        target: RequestTarget,
        headers: HTTPFields = [:],
        body: RequestBody = RequestBody(),
        peer: Peer = Peer(),
        storage: RequestStorage = RequestStorage(),
        executor: LoopExecutor
    ) {
        let origin = RequestOrigin(peer: peer, storage: storage, executor: executor)
        contents = RequestContents(method, target, .made(headers), origin)
        contents.body = body
    }

    /// Makes a request of the request line that a server has received, without fields and body.
    package init(_ method: HTTPRequest.Method, _ target: consuming RequestTarget, from origin: RequestOrigin) {
        contents = RequestContents(method, target, .received(.none), origin)
    }

    /// Sets the fields that a server has received.
    package mutating func receive(_ fields: consuming RequestFields) {
        ownContents()
        contents.receive(fields)
    }

    /// Copies the contents if they are shared with another request; called before every change.
    @inlinable
    mutating func ownContents() {
        if !isKnownUniquelyReferenced(&contents) { contents = contents.copy() }
    }

    /// The method, such as `.get`.
    @inlinable public var method: HTTPRequest.Method {
        get { contents.method }
        _modify {
            ownContents()
            yield &contents.method
        }
    }

    /// The request target, which consists of path and query.
    @inlinable public var target: RequestTarget {
        get { contents.target }
        _modify {
            ownContents()
            yield &contents.target
        }
    }

    /// The path as patterns match it; see ``RequestTarget/matchingPath``.
    ///
    /// This copies less than ``target`` does.
    package var matchingPath: String { contents.target.matchingPath }

    /// The header fields, in the order in which they were received; names are case-insensitive (RFC 9110 §5.1).
    @inlinable public var headers: HTTPFields {
        get { contents.headers }
        _modify {
            ownContents()
            yield &contents.headers
        }
    }

    /// The body, which may not have been received in full yet.
    @inlinable public var body: RequestBody {
        get { contents.body }
        _modify {
            ownContents()
            yield &contents.body
        }
    }

    /// The address and the security of the client's end of the connection.
    @inlinable public var peer: Peer {
        get { contents.peer }
        _modify {
            ownContents()
            yield &contents.peer
        }
    }

    /// Whether the client's connection is encrypted, to this server or to the trusted proxy in front of it.
    public var isSecure: Bool { peer.isSecure }

    /// The scheme of the request's URL (RFC 9110 §4.2): `https` if ``isSecure`` is `true`, otherwise `http`.
    public var scheme: String { isSecure ? "https" : "http" }

    /// Values that middleware stores for inner handlers, by the type of a key.
    @inlinable public var storage: RequestStorage {
        get { contents.storage }
        _modify {
            ownContents()
            yield &contents.storage
        }
    }

    /// The value stored under `key`; nil if there is none.
    ///
    /// This costs less than ``storage`` for a request without values, which most requests are.
    package func stored<Key: RequestStorageKey>(_ key: Key.Type) -> Key.Value? {
        contents.hasStoredValues ? storage[key] : nil
    }

    /// The loop of the connection, as an executor.
    ///
    /// Handlers run on this loop.
    @inlinable package var executor: LoopExecutor { contents.executor }

    /// The event loop of the connection.
    public var eventLoop: any EventLoop { executor.eventLoop }

    /// The path as it was sent, percent-encoded, without the query.
    ///
    /// Dot segments and repeated slashes aren't removed.
    public var path: String { target.path }

    /// The parameters of the query, decoded; see ``Query``.
    public var query: Query { target.query }

    /// Whether the client requests an upgrade of this connection to `protocolName` (RFC 9110 §7.8).
    ///
    /// The result is `true` if `Upgrade` lists the protocol and `Connection` lists `upgrade`, both case-insensitively.
    package func isUpgrade(to protocolName: String) -> Bool {
        guard let upgrade = joinedValues(of: "upgrade"), let connection = joinedValues(of: "connection") else {
            return false
        }
        return upgrade.containsToken(protocolName) && connection.containsToken("upgrade")
    }
}

extension String {
    /// Whether this comma-separated list contains `token`, ignoring the case of ASCII letters.
    package func containsToken(_ token: String) -> Bool {
        // The list is split by bytes, because a combining character after a comma would hide it from `Character`.
        var (list, token) = (self, token)
        return list.withUTF8 { list in token.withUTF8 { UnsafeRawBufferPointer(list).containsToken($0) } }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func containsToken(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = 0
        while start < count {
            let comma = offset(of: UInt8(ascii: ","), from: start) ?? count
            var element = self[start..<comma]
            while element.first?.isBlank == true { element.removeFirst() }
            while element.last?.isBlank == true { element.removeLast() }
            if element.count == token.count, zip(element, token).allSatisfy({ $0.foldedASCII == $1.foldedASCII }) {
                return true
            }
            start = comma + 1
        }
        return false
    }
}

extension Substring {
    /// The text without spaces and tabs at both ends (OWS of RFC 9110 §5.6.3).
    package func trimmingSpaces() -> Substring {
        var trimmed = utf8.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = trimmed.last, last == 0x20 || last == 0x09 { trimmed.removeLast() }
        return Substring(trimmed)
    }
}
