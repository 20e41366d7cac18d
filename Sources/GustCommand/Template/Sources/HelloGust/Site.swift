import Gust
import GustDevelopment
import GustSessions
import GustWeb

/// The values of `Templates/home.mustache`.
struct HomePage: Encodable {
    let visits: Int
}

/// The whole site: its pages, its files and its Socket.IO endpoint.
///
/// The program runs it, and the tests ask it in memory and over TCP.
/// - Parameter secret: Signs the cookies of sessions, at least 32 bytes; nil for a new one, so that a restart ends all sessions.
/// - Returns: The application.
/// - Throws: An error if the secret is too short, or a template has a mistake.
func site(secret: String? = nil) throws -> Application {
    var app = Application()
    // Error pages and pages that reload themselves, in development only.
    app.use(Development())
    app.use(Compress())
    app.use(SecureHeaders(contentSecurityPolicy: "default-src 'self'"))
    app.use(try Sessions(keys: secret.map { try SigningKeys($0) } ?? .random()))

    // The links and files that templates name are checked when the routes are built.
    let templates = try Templates(reloads: DevelopmentMode.isOn)
    app.use(templates)
    app.get("/", name: "home") { request in
        let visits = try (request.session.value(Int.self, for: "visits") ?? 0) + 1
        try request.session.set(visits, for: "visits")
        return try request.render("home", context: HomePage(visits: visits))
    }
    app.get("/about", name: "about", use: .template("about", from: templates))
    app.get(#"/static/(?P<path>.+)"#, use: .files("public"))
    app.add(chat().routes("live"))
    return app
}
