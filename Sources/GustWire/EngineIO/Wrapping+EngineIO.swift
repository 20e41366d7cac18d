extension Wrapping {
    /// Engine.IO polls by script as well: `___eio[0]("…");`, and posts field `d`.
    static let engineIO = Wrapping(
        jsonpOpening: "___eio[",
        jsonpMiddle: "](",
        // Not a script's type, because engine.io 6.6 says the same as for every poll; browsers don't mind.
        jsonpContentType: "text/plain; charset=UTF-8",
        script: nil,
        posted: EngineIO3Form.payload(_:isJSONP:)
    )
}
