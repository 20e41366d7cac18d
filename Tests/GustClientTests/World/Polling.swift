import Testing

@testable import GustClient

/// The server's end of a client that polls: one connection for the polls, another for what the client sends.
struct Polling {
    let world: World
    /// The connection of the polls; its next request is the pending one.
    let polls: Peer
    private let posts: Peer?

    init(_ world: World, _ polls: Peer, _ posts: Peer?) {
        self.world = world
        self.polls = polls
        self.posts = posts
    }

    /// Lets a client that polls into `/`; its next poll is pending.
    static func connected(
        _ world: World,
        _ client: SocketClient,
        open: String = World.open()
    ) async throws -> (socket: ClientSocket, server: Polling) {
        let socket = client.socket()
        socket.open()
        await world.settle()
        let polls = try world.peer()
        #expect(try polls.request().method == "GET")
        polls.respond(open)
        await world.settle()
        let posts = try world.peer()
        let join = try posts.request()
        #expect(join.method == "POST")
        #expect(join.body == "40")
        posts.respond("ok")
        #expect(try polls.request().target.utf8.contains("&sid=".utf8.first ?? 0))
        polls.respond(#"40{"sid":"id"}"#)
        await world.settle()
        #expect(socket.isConnected)
        let server = Polling(world, polls, posts)
        _ = try polls.request()
        return (socket, server)
    }

    /// The next request with packets of the client, and the connection on which it is answered.
    func post() throws -> (body: String, peer: Peer) {
        let peer = try posts ?? world.peer()
        let request = try peer.request()
        try #require(request.method == "POST")
        return (request.body, peer)
    }

    /// Answers the pending poll, and takes the one that follows.
    func deliver(_ payload: String) throws {
        polls.respond(payload)
        _ = try polls.request()
    }
}
