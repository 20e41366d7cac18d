import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

@Suite struct HostTests {
    @Test func `the captures of a host precede those of the path`() throws {
        var routes = Routes()
        routes.host(#"(?<tenant>[a-z]+)\.(eu|us)\.example\.com"#) { tenant in
            tenant.get("/(x|y)/:id") { request in
                let captures = request.captures
                return [captures["tenant"], captures[0], captures[1], captures["id"]].map { $0 ?? "-" }
                    .joined(separator: " ")
            }
        }
        #expect(try ask(routes, .get, "/x/7", host: "Acme.eu.example.com:80").text == "acme eu x 7")
    }

    private struct Tenant: Decodable {
        let tenant: String
        let id: Int
    }

    @Test func `typed captures include those of the host and of the path`() throws {
        var routes = Routes()
        routes.host(#"(?<tenant>[a-z]+)\.com"#) { tenant in
            tenant.get("/a/:id") { (_, name: String, id: Int) in "\(name) \(id + 1)" }
            tenant.get("/b/:id") { (_, tenant: Tenant) in "\(tenant.tenant) \(tenant.id + 1)" }
        }
        #expect(try ask(routes, .get, "/a/7", host: "acme.com").text == "acme 8")
        #expect(try ask(routes, .get, "/b/7", host: "acme.com").text == "acme 8")
        #expect(try ask(routes, .get, "/b/x", host: "acme.com").status == 404)
    }

    @Test func `a host pattern ignores case, and only the port is removed from an IPv6 address`() throws {
        var routes = Routes()
        routes.host(#"Example\.COM"#) { $0.get("/") { _ in "name" } }
        routes.host(#"\[::1\]"#) { $0.get("/") { _ in "address" } }
        #expect(try ask(routes, .get, "/", host: "eXample.com").text == "name")
        #expect(try ask(routes, .get, "/", host: "[::1]:8080").text == "address")
        #expect(try ask(routes, .get, "/", host: "[::1]").text == "address")
    }

    @Test func `405 lists only the methods of routes of the requested host`() throws {
        var routes = Routes()
        routes.host("a") { $0.get("/x") { _ in "" } }
        routes.host("b") { $0.post("/x") { _ in "" } }
        #expect(try ask(routes, .put, "/x", host: "a").headers[.allow] == "GET, HEAD, OPTIONS")
        #expect(try ask(routes, .put, "/x", host: "c").status == 404)
    }

    @Test func `a host inside another host, and a capture of both host and path, are reported`() throws {
        var routes = Routes()
        routes.host("a") { $0.host("b") { $0.get("/x") { _ in "" } } }
        routes.host("(?<id>c)") { $0.get("/:id") { _ in "" } }
        routes.host("d(") { $0.get("/y") { _ in "" } }
        #expect {
            try routes.build()
        } throws: { error in
            let text = "\(error)"
            return text.contains("the host b can't be inside of the host a")
                && text.contains("the host also has a capture called \"id\"\n  /:id\n    ^^")
                && text.contains("missing closing parenthesis\n  d(\n    ^")
        }
    }

    @Test func `a route is shadowed only by routes of the same host or of every host`() throws {
        var routes = Routes()
        routes.host("a") { $0.get("/:x") { _ in "" } }
        routes.get("/b") { _ in "" }
        routes.host("b") { $0.get("/c") { _ in "" } }
        routes.host("a") { $0.get("/d") { _ in "" } }
        let warnings = try routes.build().warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("GET //a/d ") == true)
    }

    @Test func `every alternative of a host pattern matches`() throws {
        var routes = Routes()
        routes.host(#"a\.com|b\.com"#) { $0.get("/") { _ in "ours" } }
        #expect(try ask(routes, .get, "/", host: "a.com").text == "ours")
        #expect(try ask(routes, .get, "/", host: "b.com").text == "ours")
        #expect(try ask(routes, .get, "/", host: "c.com").status == 404)
    }

    @Test func `a host pattern must match the whole host without its port`() throws {
        var routes = Routes()
        routes.host(#"([a-z]+)\.example\.com"#) { $0.get("/") { _ in "tenant" } }
        routes.get("/") { _ in "anybody" }
        #expect(try ask(routes, .get, "/", host: "acme.example.com:8080").text == "tenant")
        #expect(try ask(routes, .get, "/", host: "ACME.example.com").text == "tenant")
        #expect(try ask(routes, .get, "/", host: "evil-acme.example.com.org").text == "anybody")
        #expect(try ask(routes, .get, "/").text == "anybody")
    }

    @Test func `a literal host pattern ignores case too`() throws {
        var routes = Routes()
        routes.host("LocalHost") { $0.get("/") { _ in "here" } }
        #expect(try ask(routes, .get, "/", host: "localhost:8080").text == "here")
        #expect(try ask(routes, .get, "/", host: "LOCALHOST").text == "here")
    }

    @Test func `repeating a route of every host for one host is a warning, not an error`() throws {
        var routes = Routes()
        routes.host("a") { $0.get("/x") { _ in "" } }
        routes.host("b") { $0.get("/x") { _ in "" } }
        #expect(try routes.build().warnings.isEmpty)
        routes.get("/y") { _ in "" }
        routes.host("a") { $0.get("/y") { _ in "" } }
        #expect(try routes.build().warnings.map { $0.prefix(10) } == ["GET //a/y "])
    }
}
