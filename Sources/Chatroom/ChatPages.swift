import Gust

/// The pages: a front page to choose a room on, and one page for each room.
struct ChatPages {
    /// What a room may be called, as a pattern with a capture.
    static let room = "(?P<room>[a-z0-9-]{1,40})"

    let hall: Hall
    let templates: Templates

    func register(on app: inout Application) {
        app.get("/") { _ in
            let rooms = hall.busyRooms.prefix(30).map { room -> [String: any Sendable] in
                ["name": room.name, "people": room.people, "isAlone": room.people == 1]
            }
            return try page("home", ["rooms": rooms, "isQuiet": rooms.isEmpty])
        }
        // The front page's form, for browsers without JavaScript too.
        app.get("/chat") { request in
            let room = Self.roomName(request.query["room"] ?? "")
            return Response.redirect(to: Hall.isRoomName(room) ? "/chat/\(room)" : "/")
        }
        // The same rooms, on a page as one wrote it in 2010.
        app.get("/old/\(Self.room)", name: "old") { (_, room: String) in
            try page("old", ["room": room])
        }
        app.get("/chat/\(Self.room)", name: "room") { (_, room: String) in
            try page("room", ["room": room])
        }
    }

    /// A page with a policy that lets nothing in but our own files.
    private func page(_ name: String, _ values: [String: any Sendable]) throws -> Response {
        let html = try templates.render(name, values)
        var response = Response(html.text, type: "text/html; charset=utf-8")
        response.headers[.contentSecurityPolicy] =
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.cacheControl] = "no-cache"
        return response
    }

    /// What somebody typed, as a room's name: "Tea & Cake" is `tea-cake`.
    static func roomName(_ text: String) -> String {
        let words = text.lowercased().split { !Hall.isRoomName(String($0)) || $0 == "-" }
        return String(words.joined(separator: "-").prefix(40))
    }
}
