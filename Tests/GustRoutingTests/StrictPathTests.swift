import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

/// Paths are matched as they were sent: a path that other servers would normalise is a different path here.
@Suite struct StrictPathTests {
    private func router() throws -> Router {
        var routes = Routes()
        routes.get("/admin/(.*)") { "admin \($0.captures[0] ?? "")" }
        routes.get("/files/:name") { "file \($0.captures["name"] ?? "")" }
        routes.get("/café/:x") { "café \($0.captures["x"] ?? "")" }
        routes.get("/plain") { _ in "plain" }
        return try routes.build()
    }

    @Test(arguments: [
        ("/files/../admin/x", 404, ""),  // three segments, no route
        ("/admin/../files/x", 200, "admin ../files/x"),
        ("/admin/%2e%2e/x", 200, "admin ../x"),
        ("/./plain", 404, ""), ("/plain/", 404, ""), ("//plain", 404, ""), ("/plain//", 404, ""),
        ("/files//x", 404, ""), ("/files/a%2Fb", 200, "file a/b"), ("/files/a%2fb", 200, "file a/b"),
        ("/files/%2525", 200, "file %25"), ("/files/%252F", 200, "file %2F"), ("/%66iles/x", 200, "file x"),
        ("/admin%2Fx", 404, ""),  // an encoded slash doesn't separate segments
        ("/caf%C3%A9/x", 200, "café x"), ("/caf%c3%a9/x", 200, "café x"), ("/café/x", 200, "café x"),
        ("/cafe%CC%81/x", 404, ""),  // the decomposed form of é
        ("/caf%E9/x", 400, ""), ("/files/%C0%AF", 400, ""), ("/files/%ED%A0%80", 400, ""),
        ("/files/%F5%80%80%80", 400, ""),
        ("/files/%00", 400, ""), ("/files/a\0", 400, ""), ("/files/%", 400, ""), ("/files/%0A", 400, ""),
        ("/plain%0a", 400, ""), ("/plain\n", 400, ""), ("", 400, ""), ("plain", 400, ""), ("*", 404, ""),
        ("/plain?x=/files/y", 200, "plain"), ("/plain%3Fx", 404, ""), ("/files/a;b=c", 200, "file a;b=c"),
    ])
    func `a path is matched as it was sent`(path: String, status: Int, text: String) throws {
        let answer = try ask(router(), .get, path)
        #expect(answer.status == status)
        if status == 200 { #expect(answer.text == text) }
    }

    @Test func `a very long path is matched without a crash`() throws {
        let long = String(repeating: "a", count: 100_000)
        #expect(try ask(router(), .get, "/files/" + long).text.count == 100_005)
        #expect(try ask(router(), .get, "/" + long).status == 404)
        #expect(try ask(router(), .get, String(repeating: "/", count: 100_000)).status == 404)
    }

    @Test func `a dollar sign doesn't match before a line break at the end`() throws {
        #expect(try !Pattern("/x$").matches("/x\n"))
        #expect(try !Pattern("(?m)/x$").matches("/x\n"))
        #expect(try !Pattern(#"/x\Z"#).matches("/x\n"))
    }
}
