public import GustHTTP

/// A transport by the name that SocketTornad.IO gave it, for its setting `enabled_protocols`.
public enum SocketIOProtocol: String, Sendable, CaseIterable {
    /// A WebSocket of any draft.
    case websocket
    /// A WebSocket by Flash.
    case flashsocket
    /// An endless answer of parts, for Gecko.
    case xhrMultipart = "xhr-multipart"
    /// Polls.
    case xhrPolling = "xhr-polling"
    /// Polls whose answers are scripts.
    case jsonpPolling = "jsonp-polling"
    /// An endless page of scripts, for Internet Explorer.
    case htmlfile
}

/// Restricts the Socket.IO endpoints behind it to some transports: the application's setting, whatever each endpoint has.
///
/// The later generations' `polling` is offered if one of the two pollings is.
public struct EnabledProtocols: Middleware {
    private let names: Set<String>  // bytes: our own names

    /// Lets only `protocols` through.
    public init(_ protocols: Set<SocketIOProtocol>) {
        var names = Set(protocols.map(\.rawValue))
        if protocols.contains(.xhrPolling) || protocols.contains(.jsonpPolling) { names.insert("polling") }
        self.names = names
    }

    /// What a middleware left for endpoints; nil if none did.
    static func names(for request: Request) -> Set<String>? { request.storage[Key.self] }

    /// Answers with what is behind it; the endpoint offers only these transports.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        var request = request
        request.storage[Key.self] = names
        return next.answer(request)
    }

    private enum Key: RequestStorageKey { typealias Value = Set<String> }
}
