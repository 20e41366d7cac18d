extension Wrapping {
    /// Engine.IO polls by script as well: `___eio[0]("…");`, and posts field `d`.
    static let engineIO = Wrapping(
        jsonpOpening: "___eio[",
        jsonpMiddle: "](",
        // engine.io 6.6 declares the media type of every poll here, not that of a script; browsers accept it.
        jsonpContentType: "text/plain; charset=UTF-8",
        script: nil,
        posted: EngineIO3Form.payload(_:isJSONP:)
    )
}
