/// A transport of one revision: its name in URLs, its part of the path grammar, the kind of response that opens it, and the
/// envelope of its payloads.
///
/// ``Revision/transports`` lists them, and everything that depends on the transport is derived from this value: the paths that
/// an endpoint recognises, how a connection begins, and the bytes around each payload. A further transport of an existing kind
/// is one more element of that list. Immutable, and a class because every request refers to one.
package final class TransportDescriptor: Sendable {
    /// The name in URLs, such as `polling`.
    package let name: String
    /// The kind of response that carries the frames.
    package let kind: TransportKind
    /// The names of the transports to which a client may upgrade from this one.
    package let upgrades: [String]
    /// Whether each request has the index of a callback, even if the URL has none: then the index is 0.
    let isAlwaysScript: Bool
    /// The callback in the response to a script; nil if scripts can't use the transport.
    private let callback: ScriptCallback?
    /// Makes the envelope of one response to a client that isn't a script.
    private let makeEnvelope: @Sendable () -> Envelope

    private init(
        _ name: String,
        _ kind: TransportKind,
        upgrades: [String] = [],
        isAlwaysScript: Bool = false,
        callback: ScriptCallback? = nil,
        makeEnvelope: @escaping @Sendable () -> Envelope = { .plain }
    ) {
        self.name = name
        self.kind = kind
        self.upgrades = upgrades
        self.isAlwaysScript = isAlwaysScript
        self.callback = callback
        self.makeEnvelope = makeEnvelope
    }

    /// The envelope of one response; `callbackIndex` is nil if the client isn't a script.
    package func envelope(callbackIndex: Int?) -> Envelope {
        guard let callbackIndex, let callback else { return makeEnvelope() }
        return .callback(callback, index: callbackIndex)
    }
}

extension TransportDescriptor {
    /// Polling by XMLHttpRequest, and by scripts too if there is a `callback`.
    static func polling(
        _ name: String,
        callback: ScriptCallback? = nil,
        upgrades: [String] = []
    ) -> TransportDescriptor {
        TransportDescriptor(name, .polling, upgrades: upgrades, callback: callback)
    }

    /// Polling by scripts only (JSONP).
    static func scriptPolling(_ name: String, _ callback: ScriptCallback) -> TransportDescriptor {
        TransportDescriptor(name, .polling, isAlwaysScript: true, callback: callback)
    }

    /// A response that doesn't end, in which each payload is a script element.
    static func scriptStreaming(_ name: String, _ elements: ScriptElements) -> TransportDescriptor {
        TransportDescriptor(name, .streaming) { .elements(elements) }
    }

    /// A response that doesn't end, in which each payload is a part.
    static func multipartStreaming(_ name: String) -> TransportDescriptor {
        TransportDescriptor(name, .streaming) { .parts(.random()) }
    }

    /// A WebSocket.
    static func webSocket(_ name: String = "websocket") -> TransportDescriptor {
        TransportDescriptor(name, .webSocket)
    }
}
