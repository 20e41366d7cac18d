package import GustHTTP

/// A transport by its name in the setting `enabled_protocols` of SocketTornad.IO.
public enum SocketIOProtocol: String, Sendable, CaseIterable {
    /// A WebSocket of any draft.
    case websocket
    /// A WebSocket of the Flash plug-in.
    case flashsocket
    /// A multipart response that doesn't end, for Gecko.
    case xhrMultipart = "xhr-multipart"
    /// Polling.
    case xhrPolling = "xhr-polling"
    /// Polling by script elements.
    case jsonpPolling = "jsonp-polling"
    /// A page of script elements that doesn't end, for Internet Explorer.
    case htmlfile
}

/// Middleware that restricts the Socket.IO endpoints behind it to some transports.
///
/// A transport is offered only if the settings of the endpoint allow it too. `polling` of revisions 3 and 4 is allowed
/// if ``SocketIOProtocol/xhrPolling`` or ``SocketIOProtocol/jsonpPolling`` is.
package struct EnabledProtocols: Middleware {
    private let names: Set<String>  // bytes: our own names

    /// Allows only `protocols`.
    package init(_ protocols: Set<SocketIOProtocol>) {
        var names = Set(protocols.map(\.rawValue))
        if protocols.contains(.xhrPolling) || protocols.contains(.jsonpPolling) { names.insert("polling") }
        self.names = names
    }

    /// The names of the allowed transports; nil if the request passed no such middleware.
    static func names(for request: Request) -> Set<String>? { request.storage[Key.self] }

    /// Passes the request on with the names of the allowed transports.
    package func answer(_ request: Request, next: any Handler) -> Answer {
        var request = request
        request.storage[Key.self] = names
        return next.answer(request)
    }

    private enum Key: RequestStorageKey { typealias Value = Set<String> }
}
