extension ScriptCallback {
    /// Engine.IO's call: `___eio[0]("…");`.
    static let engineIO = ScriptCallback(
        prefix: "___eio[",
        middle: "](",
        // engine.io 6.6 declares the media type of every poll here, not that of a script; browsers accept it.
        contentType: "text/plain; charset=UTF-8"
    )
}

extension [TransportDescriptor] {
    /// Engine.IO's transports, of which a client tries the first.
    static let engineIO: [TransportDescriptor] = [
        .polling("polling", callback: .engineIO, upgrades: ["websocket"]), .webSocket(),
    ]
}
