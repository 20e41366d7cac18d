import Gust
import GustDashboard
import GustSessions
import GustWeb

extension Desk {
    /// The pages of administrators.
    func addAdministration(to admin: inout Routes) {
        admin.get("", name: "admin") { request async throws in
            let users = try await store.users().map { Person(name: $0.name, isAdmin: $0.isAdmin) }
            return try request.page("admin", users)
        }
        admin.add(Dashboard(of: live.io).routes("/live", through: RequireSession(role: "admin")))
        admin.post("/users/:name/admin", name: "promote") { (request: Request, name: String) async throws in
            try await store.makeAdmin(name)
            try request.session.flash("\(name) is an administrator from the next sign-in on.")
            return Response.redirect(to: try request.url(for: "admin"))
        }
    }

    /// A person in the list, without the hash of the password.
    private struct Person: Encodable, Sendable {
        let name: String
        let isAdmin: Bool
    }
}
