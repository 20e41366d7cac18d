import Gust

/// The routes of the chat room.
enum ChatApplication {
    /// What a room may be called.
    static let room = "(?P<room>[a-z0-9-]{1,40})"

    /// Makes the application; pages come from `Templates/`, files from `public/`.
    static func make() throws -> Application {
        let templates = try Templates(directory: "Templates")
        let chat = Chat()

        var app = Application()
        app.get("/") { _ in
            try templates.render(
                "home",
                ["rooms": chat.rooms.busiest.map { ["name": $0.name, "people": "\($0.people)"] }]
            )
        }
        app.get("/chat/\(room)", name: "room") { (_, room: String) in
            try templates.render("room", ["room": room])
        }
        // One endpoint for all rooms: which one is a capture, as in any other route.
        app.add(chat.io.routes("live", extraRE: room, client: ClientFiles(StaticFiles("public"))))
        app.get("/static/(?P<path>.+)", use: .files("public"))
        return app
    }
}
