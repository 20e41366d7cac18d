import Foundation
import Gust
import GustDevelopment
import GustForms
import GustPresence
import GustSQLite
import GustSessions
import GustWeb

/// The ticket desk: its parts, and its routes over them.
struct Desk: Sendable {
    let store: Store
    let live: Live
    let templates: Templates
    let assets: StaticFiles
    let sessions: Sessions
    /// The directory of the uploaded files.
    let uploads: String

    /// Opens the desk whose data are in a directory, which is made if it doesn't exist.
    init(data: String, keys: SigningKeys, resources: String = ".") throws {
        uploads = "\(data)/uploads"
        try FileManager.default.createDirectory(atPath: uploads, withIntermediateDirectories: true)
        store = try Store(path: "\(data)/desk.sqlite")
        live = Live(store)
        assets = StaticFiles("\(resources)/public")
        templates = try Templates(directory: "\(resources)/Templates", reloads: DevelopmentMode.isOn, strict: true)
        sessions = try Sessions(keys: keys, store: SQLiteSessionStore(path: "\(data)/sessions.sqlite"))
    }

    /// The application, with all routes.
    func application() -> Application {
        var app = Application()
        app.use(Development())
        app.use(AccessLog(app.logger))
        app.use(SecureHeaders(contentSecurityPolicy: "default-src 'self'; frame-ancestors 'none'; object-src 'none'"))
        app.use(Compress())
        app.use(Except("/static", use: sessions))
        app.use(templates)
        app.use(ErrorPages(app.logger) { error, request in try request.page("error", Fault(error)) })
        app.get(#"/static/(?P<path>.+)"#, name: "static", use: assets)
        // A page shows what is wrong with a form; programs get a problem document.
        var errors = ErrorHandlers()
        errors.on(ValidationError.self) { error, _ -> Response in
            throw HTTPError(.unprocessableContent, error.description)
        }
        app.group("", through: errors) { pages in
            addAccounts(to: &pages)
            pages.group("", through: RequireSession(signIn: "/signin")) { addTickets(to: &$0) }
            pages.group("/admin", through: RequireSession(role: "admin")) { addAdministration(to: &$0) }
        }
        app.group("", through: RequireSession()) { inside in
            inside.add(live.io.routes("live", extraRE: "(?P<room>[0-9]+|all)"))
            inside.group("/api", through: ProblemDocuments()) { addInterface(to: &$0) }
        }
        return app
    }

    /// What an error page shows.
    private struct Fault: Encodable, Sendable {
        let code: Int
        let message: String

        init(_ error: HTTPError) { (code, message) = (error.status.code, error.message) }
    }
}
