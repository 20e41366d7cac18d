#if Redis
import Foundation
import Gust
import GustPresence
import GustRedis

/// A node of the presence test of `ClusterClientTests`: one list over several nodes, told to observers.
///
///     PresenceServer REDIS-PORT
///
/// It prints `listening` and its port. `enter` and `leave` with keys change the list, `observe` is acknowledged with it, and an observer gets
/// `changed` with the keys that have come and gone. `GET /list` has the sorted keys.
@main
struct PresenceServer {
    private static let room = "room"

    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else { exit(2) }
        let client = RedisClient(RedisSettings(.host("127.0.0.1", port: port)))
        var settings = SocketIOSettings()
        settings.adapter = RedisAdapter(client).adapter(for:)
        let io = SocketIO(settings)
        let presence = Presence<Bool>(of: io["/"])
        io.onConnect { socket in
            socket.on("enter") { (keys: [String]) in
                for key in keys { try presence.track(key, in: room, as: key, true) }
            }
            socket.on("leave") { (keys: [String]) in
                for key in keys { presence.untrack(key, in: room) }
            }
            // The socket joins before the list is read: it may get a change that is in the list already, but misses none.
            socket.on("observe") { () -> [String] in
                socket.join("observers")
                return presence.list(in: room).map(\.key)
            }
        }
        presence.onChange { change in
            io.to("observers").local.emit("changed", change.joined.map(\.key), change.left.map(\.key))
        }
        var app = Application()
        app.get("/list") { _ in JSON(presence.list(in: room).map(\.key).sorted()) }
        app.add(io.routes())
        var configuration = HTTPServer.Configuration(port: 0)
        configuration.onListening = { address in
            print("listening \(address.port ?? 0)")
            fflush(nil)
        }
        try await app.run(configuration)
        await client.close()
    }
}
#else
/// The test needs the trait Redis.
@main
struct PresenceServer {
    static func main() {}
}
#endif
