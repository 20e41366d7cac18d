import Testing

/// Server-sent events in browsers.
@Suite(.serialized, .timeLimit(.minutes(3))) struct EventSourceTests {
    @Test(arguments: ["chromium", "firefox"])
    func `EventSource receives compressed events, and reconnects with the identifier of the last one`(
        browser: String
    ) async throws {
        try await EventSite().serve { address in try await Script.python("browser_events.py", address, browser) }
    }
}
