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

    /// The names of the transports that `protocols` enable; nil if they enable all.
    ///
    /// `polling` of revisions 3 and 4 is enabled if ``xhrPolling`` or ``jsonpPolling`` is.
    package static func transports(_ protocols: Set<SocketIOProtocol>) -> Set<String>? {
        guard protocols.count < allCases.count else { return nil }
        var names = Set(protocols.map(\.rawValue))
        if protocols.contains(.xhrPolling) || protocols.contains(.jsonpPolling) { names.insert("polling") }
        return names
    }
}
