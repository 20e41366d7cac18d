import Gust
import GustDashboard
import GustTesting
import GustWeb
import Testing

/// The snippets of `Dashboard.md`.
@Suite(.leavesNothing) struct DashboardArticle {
    private let io = SocketIO()

    @Test func `a password opens the dashboard`() async throws {
        let password = "secret"
        var app = Application()
        let dashboard = Dashboard(of: io)
        app.add(dashboard.routes("/admin", through: BasicAuthentication(users: ["ada": password])))
        let client = TestClient(try app.router())
        #expect(try await client.get("/admin/").status == .unauthorized)
        #expect(try await client.get("/admin/", headers: [.authorization: "Basic YWRhOnNlY3JldA=="]).status == .ok)
    }

    @Test func `those at an address see the dashboard, and others find nothing`() async throws {
        let dashboard = Dashboard(of: io)
        for (office, status) in [("127.0.0.1", HTTPResponse.Status.ok), ("127.0.0.2", .notFound)] {
            let hidden = dashboard.routes("/admin", allowing: { request in request.clientAddress == office })
            var app = Application()
            app.add(hidden)
            try await TestClient.with(try app.router(), at: .tcp) { client async throws in
                #expect(try await client.get("/admin/").status == status)
            }
        }
    }

    @Test func `actions are allowed by a setting`() async throws {
        var settings = DashboardSettings()
        settings.allowsActions = true
        let acting = Dashboard(of: io, settings)
        var app = Application()
        app.add(acting.openRoutes("/admin"))
        let page = try await TestClient(try app.router()).open("/admin/live")
        guard case .event("hello", let texts, _) = try await page.next() else {
            throw TestError.unexpected("no greeting")
        }
        #expect(texts[0].utf8.contains(#""allowsActions":true"#.utf8))
    }
}
