public import HTTPTypes
public import NIOCore

/// An HTTP request as a value: what was asked, by whom, and what routing and middleware learned about it.
///
/// A copy costs one reference, and the first change of a copy an allocation. A middleware changes its copy and hands it on; nobody
/// upstream sees the change.
public struct Request: Sendable {
    @usableFromInline var contents: RequestContents
    /// What the matched pattern captured; empty before routing.
    public var captures = Captures()

    /// Makes a request; servers and test clients do.
    public init(
        method: HTTPRequest.Method,
        target: RequestTarget,
        headers: HTTPFields = [:],
        body: RequestBody = RequestBody(),
        peer: Peer = Peer(),
        executor: LoopExecutor
    ) {
        contents = RequestContents(
            method: method,
            target: target,
            headers: headers,
            body: body,
            peer: peer,
            storage: RequestStorage(),
            executor: executor
        )
    }

    /// Makes the contents those of this request only, before they change.
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

    /// The request target: path and query as they were sent.
    @inlinable public var target: RequestTarget {
        get { contents.target }
        _modify {
            ownContents()
            yield &contents.target
        }
    }

    /// The header fields, in the order they came; names compare without case (RFC 9110 §5.1).
    @inlinable public var headers: HTTPFields {
        get { contents.headers }
        _modify {
            ownContents()
            yield &contents.headers
        }
    }

    /// The body, perhaps still on its way.
    @inlinable public var body: RequestBody {
        get { contents.body }
        _modify {
            ownContents()
            yield &contents.body
        }
    }

    /// Who is at the other end of the connection.
    @inlinable public var peer: Peer {
        get { contents.peer }
        _modify {
            ownContents()
            yield &contents.peer
        }
    }

    /// Values that middleware leaves for those behind it, by type of key.
    @inlinable public var storage: RequestStorage {
        get { contents.storage }
        _modify {
            ownContents()
            yield &contents.storage
        }
    }

    /// The loop of the connection, as an executor.
    ///
    /// Synchronous handlers run on it.
    @inlinable public var executor: LoopExecutor { contents.executor }

    /// The event loop of the connection.
    public var eventLoop: any EventLoop { executor.eventLoop }

    /// The path as it was sent, percent-encoded, without the query: never decoded, never merged.
    public var path: String { target.path }

    /// The query's parameters, decoded; see ``Query``.
    public var query: Query { target.query }

    /// Whether the client asks to leave HTTP for `protocolName` on this connection (RFC 9110 §7.8).
    ///
    /// True if `Upgrade` lists the protocol and `Connection` lists `upgrade`, both without regard to case.
    public func isUpgrade(to protocolName: String) -> Bool {
        guard let upgrade = headers[.upgrade], let connection = headers[.connection] else { return false }
        return upgrade.containsToken(protocolName) && connection.containsToken("upgrade")
    }
}

extension String {
    /// Whether this comma-separated list has `token`, compared without case of ASCII letters.
    package func containsToken(_ token: String) -> Bool {
        // By bytes: as a Character, a comma could be hidden by what follows it.
        let token = token.utf8.lazy.map(\.lowercasedASCII)
        return utf8.split(separator: UInt8(ascii: ",")).contains { element in
            Substring(element).trimmingSpaces().utf8.lazy.map(\.lowercasedASCII).elementsEqual(token)
        }
    }
}

extension Substring {
    /// Drops spaces and tabs at both ends (RFC 9110 OWS).
    package func trimmingSpaces() -> Substring {
        var trimmed = utf8.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = trimmed.last, last == 0x20 || last == 0x09 { trimmed.removeLast() }
        return Substring(trimmed)
    }
}
