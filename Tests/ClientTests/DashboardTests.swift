import Testing

/// The dashboard of the chat room, in browsers.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DashboardTests {
    @Test(arguments: ["chromium", "firefox"])
    func `the page shows clients of four generations, their packets, and acts on them`(browser: String) async throws {
        try await Script.python("dashboard.py", Script.product("Chatroom"), browser, Script.artefacts)
    }
}
