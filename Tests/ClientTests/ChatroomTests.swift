import Testing

/// The chat room as its visitors see it.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ChatroomTests {
    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `two pages and a script hear each other, also after the server was away`(mode: String) async throws {
        try await Script.python("chatroom.py", Script.product("Chatroom"), "chromium", mode, Script.artefacts)
    }

    @Test func `two pages of Firefox and a script hear each other, also after the server was away`() async throws {
        try await Script.python("chatroom.py", Script.product("Chatroom"), "firefox", "upgrade", Script.artefacts)
    }

    @Test func `the chat room keeps its bounds, and lets no page run what somebody said`() async throws {
        try await Script.python("chat_rules.py", Script.product("Chatroom"))
    }

    @Test func `the chat room looks as the picture in the README shows it`() async throws {
        try await Script.python("picture.py", Script.product("Chatroom"), Script.artefacts)
    }

    @Test(arguments: ["chromium", "firefox"])
    func `pages of four generations and python-socketio hear each other in one room`(browser: String) async throws {
        try await Script.python("chat_generations.py", Script.product("Chatroom"), browser)
    }
}
