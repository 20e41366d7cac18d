import Gust
import GustTesting
import GustWeb
import HTTPTypes
import InMemoryLogging
import Testing

@testable import GustDashboard

/// Who gets the page, its files and its endpoint.
@Suite struct AccessTests {
    private struct Unavailable: Error {}

    private static let paths = [
        "/admin", "/admin/", "/admin/dashboard.js", "/admin/live/socket.io.esm.js",
        "/admin/live/?EIO=4&transport=polling",
        "/admin/live/", "/admin/nothing",
    ]

    private func expectNothing(_ client: TestClient) async throws {
        let unknown = try await client.get("/elsewhere")
        for path in Self.paths {
            for method in [HTTPRequest.Method.get, .head, .post, .put, .options] {
                let answer = try await client.execute(method, path)
                let expected = method == .get ? unknown : try await client.execute(method, "/elsewhere")
                #expect(answer.status == .notFound && answer.headers == expected.headers, "\(method) \(path)")
                #expect(answer.body == expected.body, "\(method) \(path)")
            }
        }
        do {
            _ = try await client.open("/admin/live", over: .webSocket)
            Issue.record("a stranger has a WebSocket")
        } catch TestError.refused(let answer) {
            #expect(answer.status == .notFound)
        }
    }

    @Test func `a stranger gets the 404 of a path that doesn't exist, for every file, method and transport`()
        async throws
    {
        let site = try Site { $0.routes("/admin", allowing: { $0.headers[.authorization] == "Bearer me" }) }
        try await expectNothing(site.client)
        site.client.setHeaders([.authorization: "Bearer me"])
        #expect(try await site.client.get("/admin/").status == .ok)
        for transport in [ClientTransport.polling, .webSocket, .upgrade] {
            let page = try await site.page(over: transport)
            #expect(try await page.next("summary", as: Page.Summary.self).connections == 0)
            try await page.socket.close()
        }
    }

    @Test func `an async check refuses strangers in the same way`() async throws {
        let site = try Site {
            $0.routes(
                "/admin",
                allowing: { request in
                    await Task.yield()
                    return request.headers[.authorization] == "Bearer me"
                }
            )
        }
        try await expectNothing(site.client)
        site.client.setHeaders([.authorization: "Bearer me"])
        #expect(try await site.client.get("/admin/").status == .ok)
        #expect(try await site.page().next("summary", as: Page.Summary.self).viewers == 1)
    }

    @Test func `a check that fails is a refusal, and is logged`() async throws {
        let site = try Site { $0.routes("/admin", allowing: { _ in throw Unavailable() }) }
        #expect(try await site.client.get("/admin/").status == .notFound)
        #expect(site.logs.entries.map(\.level) == [.warning])
        #expect("\(site.logs.entries[0].metadata)".utf8.contains("Unavailable".utf8))
    }

    @Test func `the answer of middleware to a stranger is that of the middleware`() async throws {
        let site = try Site { $0.routes("/admin", through: BasicAuthentication(users: ["ada": "secret"])) }
        for path in Self.paths { #expect(try await site.client.get(path).status == .unauthorized) }
        site.client.setHeaders([.authorization: "Basic YWRhOnNlY3JldA=="])
        #expect(try await site.client.get("/admin/").status == .ok)
    }

    @Test func `without middleware the routes can't be built, and the error says what is missing`() throws {
        let error = #expect(throws: RoutesError.self) { try Site { $0.routes("/admin") } }
        let text = try #require(error).description
        #expect(text.utf8.contains("everybody could use the dashboard".utf8) && text.utf8.contains("allowing".utf8))
    }

    @Test(arguments: ["", "/", "/a b", "/über"])
    func `a path that a redirect couldn't name is an error of the registration`(path: String) throws {
        let error = #expect(throws: RoutesError.self) { try Site { $0.openRoutes(path) } }
        #expect(try #require(error).description.utf8.contains("the path of a dashboard".utf8))
    }

    @Test func `the path without a slash at its end leads to the page`() async throws {
        let site = try Site { $0.openRoutes("/ops/admin/") }
        let answer = try await site.client.get("/ops/admin")
        #expect(answer.status == .permanentRedirect && answer.headers[.location] == "./admin/")
        #expect(try await site.client.get("/ops/admin/").text.utf8.contains("Gust dashboard".utf8))
    }

    @Test func `the page allows no script, style or frame but its own`() async throws {
        let answer = try await Site().client.get("/admin/")
        let policy = try #require(answer.headers[.contentSecurityPolicy])
        #expect(policy.utf8.starts(with: "default-src 'none'; script-src 'self'; style-src 'self'".utf8))
        #expect(policy.utf8.contains("frame-ancestors 'none'".utf8) && !policy.utf8.contains("unsafe".utf8))
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        for part in [" style=", "<style", "javascript:", "onclick", "http://", "https://"] {
            #expect(!answer.text.utf8.contains(part.utf8), "\(part)")
        }
    }

    @Test func `all files that the page names are served`() async throws {
        let site = try Site()
        for file in DashboardFile.all {
            #expect(try await site.client.get("/admin\(file.path)").body.readableBytes > 100, "\(file.path)")
        }
        #expect(try await site.client.get("/admin/live/socket.io.esm.js").status == .ok)
        #expect(try await site.client.get("/admin/other.js").status == .notFound)
    }

    private static let foreign: [HTTPFields] = [
        [.origin: "https://evil.example", .host: "app.example"],
        [.origin: "null", .host: "app.example"],
        [.secFetchSite: "cross-site"],
        [.secFetchSite: "same-site"],
        [.origin: "https://app.example", .host: "app.example", .secFetchSite: "cross-site"],
    ]

    @Test(arguments: foreign)
    func `a page of another site can't use the endpoint with the credentials of a visitor`(
        fields: HTTPFields
    ) async throws {
        let site = try Site()
        let answer = try await site.client.get("/admin/live/?EIO=4&transport=polling", headers: fields)
        #expect(answer.status == .forbidden && answer.text.utf8.contains("its own page".utf8))
        // A link may lead to the page.
        #expect(try await site.client.get("/admin/", headers: fields).status == .ok)
        site.client.setHeaders(fields)
        await #expect(throws: TestError.self) { try await site.client.open("/admin/live", over: .webSocket) }
        #expect(site.dashboard.audience.count == 0)
    }

    @Test func `the page itself, and pages of listed origins, can use the endpoint`() async throws {
        let site = try Site(origins: ["https://ops.example"])
        let own: [HTTPFields] = [
            [.origin: "http://app.example", .host: "app.example"],
            [.origin: "https://elsewhere.example", .host: "inner", .secFetchSite: "same-origin"],
            [.origin: "https://ops.example", .host: "inner", .secFetchSite: "cross-site"],
        ]
        for fields in own {
            let answer = try await site.client.get("/admin/live/?EIO=4&transport=polling", headers: fields)
            #expect(answer.status == .ok, "\(fields)")
        }
    }

    @Test func `there is a bound of open pages`() async throws {
        var settings = DashboardSettings()
        settings.maximumViewers = 1
        var app = Application()
        app.add(Dashboard(of: SocketIO(), settings).openRoutes("/admin"))
        let client = TestClient(try app.router())
        let page = try await client.open("/admin/live")
        let answer = try await client.get("/admin/live/?EIO=4&transport=polling")
        #expect(answer.status == .serviceUnavailable)
        try await page.close()
        #expect(try await client.get("/admin/live/?EIO=4&transport=polling").status == .ok)
    }
}

extension HTTPField.Name {
    static let secFetchSite = Self("Sec-Fetch-Site") ?? .origin
    static let host = Self("Host") ?? .origin
}
