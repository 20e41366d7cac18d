import Gust
import GustForms
import GustSessions
import GustWeb

extension Desk {
    /// Signing up, in and out; a client may try ten passwords a minute.
    func addAccounts(to app: inout Routes) {
        app.get("/signup", name: "signup") { request in try request.page("signup") }
        app.post("/signup") { request async throws in
            let form = try await request.decodeForm(Credentials.self)
            guard let user = try await store.addUser(form.name, password: form.password) else {
                try request.session.flash("The name \(form.name) is taken.", kind: "warning")
                return Response.redirect(to: "/signup")
            }
            try signIn(user, form, request)
            return Response.redirect(to: "/tickets")
        }
        app.get("/signin", name: "signin") { request in
            let target = RequireSession.signInTarget(of: request, otherwise: "/tickets")
            return try request.page("signin", try request.url(for: "signin", query: ["next": target]))
        }
        app.post("/signin", through: RateLimit(10, per: .seconds(60))) { request async throws in
            let form = try await request.decodeForm(Credentials.self)
            guard let user = try await store.user(form.name, password: form.password) else {
                try request.session.flash("The name or the password is wrong.", kind: "warning")
                return Response.redirect(to: "/signin")
            }
            try signIn(user, form, request)
            return Response.redirect(to: RequireSession.signInTarget(of: request, otherwise: "/tickets"))
        }
        app.post("/signout", name: "signout") { request in
            try request.session.destroy()
            return Response.redirect(to: "/signin")
        }
    }

    private func signIn(_ user: User, _ form: Credentials, _ request: Request) throws {
        let roles: Set = user.isAdmin ? ["admin"] : []
        try request.session.signIn(as: user.name, roles: roles, remember: form.isRemembered)
        try request.session.flash("Welcome, \(user.name)!")
    }
}
