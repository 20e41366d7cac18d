#if TLS && SQLite
import Foundation
import Gust
import GustForms
import GustServing
import GustSessions
import GustSQLite
import GustStreams
import GustTLS
import GustWeb

/// The server of `SecureClientTests`: pages, an API, uploads, server-sent events and Socket.IO over https and HTTP/2, with sessions
/// that outlive the process.
///
///     SecureServer FOLDER CERTIFICATE KEY
///
/// The folder keeps the sessions and the uploads. It prints `listening`, its process number and the port; `SIGUSR2` restarts it.
@main
struct SecureServer {
    static func main() async {
        do {
            try await serve()
        } catch {
            print("failed: \(error)")
            exit(1)
        }
    }

    private static func serve() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else { exit(2) }
        let folder = arguments[1]
        var settings = ServingSettings()
        settings.drain = Drain(window: .milliseconds(300), deadline: .seconds(10))
        settings.restart = Restart(timeout: .seconds(20))
        settings.onListening = { addresses in
            print("listening \(getpid()) \(addresses.first?.port ?? 0)")
            fflush(nil)
        }
        let hash = try await PasswordHash.make("correct horse")
        let app = try application(in: folder, users: ["ada": hash])
        let files = TLSSettings.files(certificate: arguments[2], key: arguments[3])
        try await app.run(on: [.tcp("127.0.0.1", 0).tls(files)], settings)
    }

    private static func application(in folder: String, users: [String: String]) throws -> Application {
        var app = Application()
        app.use(
            try Sessions(
                keys: SigningKeys(String(repeating: "a secret of the tests", count: 2)),
                store: SQLiteSessionStore(path: "\(folder)/sessions.sqlite")
            )
        )
        pages(in: &app, users: users)
        app.get("/api/process") { _ in JSON(["process": "\(getpid())"]) }
        app.get("/events") { _ in
            Response.events(retry: .milliseconds(100)) { events in
                try await events.send("\(getpid())", event: "process")
                while true {
                    try await Task.sleep(for: .milliseconds(100))
                    try await events.send("tick")
                }
            }
        }
        app.group("/notes", through: RequireSession(signIn: "/login")) { notes in
            notes.get("/") { request in
                page("<p id=user>\(try request.session.user ?? "")</p>", try request.session.csrfToken())
            }
            notes.post("/picture") { request in
                let upload = try await request.decodeForm(Picture.self).picture
                try await upload.move(to: "\(folder)/picture")
                return JSON(["size": upload.size])
            }
        }
        let io = SocketIO()
        io["/"].use { socket in
            guard socket.session.user != nil else { throw ConnectError("sign in first") }
        }
        io.onConnect { socket in
            socket.on("whoami") { "\(socket.session.user ?? "") \(getpid())" }
        }
        app.add(io.routes(name: "live"))
        return app
    }

    private static func pages(in app: inout Application, users: [String: String]) {
        app.get("/login") { request in
            page(
                """
                <form method=post><input name=name><input name=password type=password><input type=checkbox name=remember>\
                <input type=hidden name=_csrf value="\(try request.session.csrfToken())"><button>Sign in</button></form>
                """
            )
        }
        app.post("/login") { request async throws in
            let form = try await request.form()
            let name = form["name"] ?? ""
            guard try await PasswordHash.isValid(form["password"] ?? "", for: users[name]) else {
                throw HTTPError(.unauthorized, "the name or the password is wrong")
            }
            try request.session.signIn(as: name, remember: form["remember"] != nil)
            return Response.redirect(to: RequireSession.signInTarget(of: request))
        }
        app.post("/logout") { request async throws in
            try await request.session.endOthers()
            try request.session.destroy()
            return Response.redirect(to: "/login")
        }
    }

    private static func page(_ content: String, _ token: String = "") -> HTML {
        HTML("<!doctype html><meta name=csrf content=\"\(token)\">\(content)")
    }

    private struct Picture: Decodable {
        let picture: Upload
    }
}
#else
@main
struct SecureServer {
    static func main() { print("failed: SecureServer is built with the traits TLS and SQLite") }
}
#endif
