import Testing

@testable import GustClient

/// Cookies that responses set, by which load balancers find the server of a client.
@Suite(.timeLimit(.minutes(1))) struct CookieTests {
    @Test func `a cookie of the handshake is sent with all requests that follow, beside the program's`() async throws {
        try await virtually { world in
            let settings = ClientSettings.polling.with { $0.headers[.cookie] = "own=1" }
            let polls = try await greeted(world, settings)
            #expect(try polls.request().field("Cookie") == "own=1; node=b")
            #expect(try world.peer().request().field("Cookie") == "own=1; node=b")
        }
    }

    @Test func `the next connection and its WebSocket have the cookie too, until the server ends it`() async throws {
        try await virtually { world in
            let polls = try await greeted(world, .upgrade)
            polls.end()
            await world.advance(by: .seconds(1))
            // The connection for the packets of the first one.
            _ = try world.peer()
            let next = try world.peer()
            #expect(try next.request().field("Cookie") == "node=b")
            next.respond(World.open(upgrades: #""websocket""#), fields: "Set-Cookie: node=; Max-Age=0\r\n")
            await world.settle()
            #expect(try next.request().field("Cookie") == nil)
        }
    }

    @Test func `a client that doesn't keep cookies sends none`() async throws {
        try await virtually { world in
            let polls = try await greeted(world, .polling.with { $0.keepsCookies = false })
            #expect(try polls.request().field("Cookie") == nil)
        }
    }

    /// The connection of the polls of a client whose handshake was answered with a cookie.
    private func greeted(_ world: World, _ settings: ClientSettings) async throws -> Peer {
        try world.client("http://server", settings).socket().open()
        await world.settle()
        let polls = try world.peer()
        _ = try polls.request()
        polls.respond(World.open(), fields: "Set-Cookie: node=b; Path=/; HttpOnly\r\n")
        await world.settle()
        return polls
    }
}
