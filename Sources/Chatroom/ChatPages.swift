import Gust
import GustWeb

/// The pages of the chat room: a front page on which a room is chosen, and one page for each room.
struct ChatPages {
    /// The pattern of room names, with a capture.
    static let room = "(?P<room>[a-z0-9-]{1,40})"

    /// The values of the front page.
    private struct Front: Encodable {
        struct Room: Encodable {
            let name: String
            let people: Int
            let isAlone: Bool
        }

        let rooms: [Room]
        let isQuiet: Bool
    }

    /// The values of a room's page.
    private struct RoomPage: Encodable {
        let room: String
    }

    let hall: Hall

    func register(on app: inout Application) {
        app.get("/") { request in
            let rooms = hall.busyRooms.prefix(30).map { room in
                Front.Room(name: room.name, people: room.people, isAlone: room.people == 1)
            }
            return try page("home", Front(rooms: rooms, isQuiet: rooms.isEmpty), for: request)
        }
        // The target of the front page's form, which also works without JavaScript.
        app.get("/chat") { request in
            let room = Self.roomName(request.query["room"] ?? "")
            return Response.redirect(to: Hall.isRoomName(room) ? "/chat/\(room)" : "/")
        }
        // The same rooms, on a page for browsers of 2010.
        app.get("/old/\(Self.room)", name: "old") { (request, room: String) in
            try page("old", RoomPage(room: room), for: request)
        }
        app.get("/chat/\(Self.room)", name: "room") { (request, room: String) in
            try page("room", RoomPage(room: room), for: request)
        }
    }

    /// Renders a page with a content security policy that allows only files of this server.
    private func page(
        _ name: String,
        _ context: some Encodable & Sendable,
        for request: Request
    ) throws -> Response {
        var response = try request.render(name, context: context).response(for: request)
        response.headers[.contentSecurityPolicy] =
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.cacheControl] = "no-cache"
        return response
    }

    /// Makes a room name from text that a visitor typed: "Tea & Cake" becomes `tea-cake`.
    static func roomName(_ text: String) -> String {
        let words = text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
            .split { byte in
                !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        let name = Array(words.joined(separator: [UInt8(ascii: "-")]))
        return String(decoding: name.prefix(40), as: UTF8.self)
    }
}
