import Testing

/// The chat room, in browsers and with scripts.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ChatroomTests {
    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `two pages and a script share lines, also after a restart of the server`(mode: String) async throws {
        try await Script.python("chatroom.py", Script.product("Chatroom"), "chromium", mode, Script.artefacts)
    }

    @Test func `two pages of Firefox and a script share lines, also after a restart of the server`() async throws {
        try await Script.python("chatroom.py", Script.product("Chatroom"), "firefox", "upgrade", Script.artefacts)
    }

    @Test func `the chat room enforces its limits and escapes what visitors write`() async throws {
        try await Script.python("chat_rules.py", Script.product("Chatroom"))
    }

    @Test func `the pictures for the README are taken, and no page logs an error`() async throws {
        try await Script.python("picture.py", Script.product("Chatroom"), Script.artefacts)
    }

    @Test(arguments: ["chromium", "firefox"])
    func `pages of four generations and python-socketio share the lines of one room`(browser: String) async throws {
        try await Script.python("chat_generations.py", Script.product("Chatroom"), browser)
    }
}
