import GustSocketIO

/// What a page asks for, with an acknowledgement as the reply: nothing of it changes the server.
struct Questions: Sendable {
    /// Names a socket of the server.
    struct Place: Decodable, Sendable {
        var namespace: String
        var id: String

        func socket(of io: SocketIO) -> Socket? { io.existingNamespace(namespace)?.socket(id) }
    }

    /// A search for sockets; `start` is the position of a page behind the first one.
    struct Search: Decodable, Sendable {
        var text: String
        var start: SocketPosition?
    }

    let audience: Audience

    func register(on pages: Namespace) {
        let io = audience.observed
        pages.on("sockets") { (_: Socket, search: Search) async -> SocketSearch.Page in
            await io.sockets(SocketSearch(search.text, from: search.start))
        }
        pages.on("servers") { (_: Socket) async -> Int in await io.serverCount() }
        pages.on("watch") { [audience] (page: Socket, place: Place) throws -> SocketListing in
            guard let socket = place.socket(of: io) else { throw DashboardError.isDisconnected }
            audience.watch(socket, on: page)
            return SocketListing(socket)
        }
        pages.on("unwatch") { [audience] (page: Socket) in audience.watch(nil, on: page) }
    }
}
