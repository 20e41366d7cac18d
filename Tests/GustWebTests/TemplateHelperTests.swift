import GustFiles
import GustHTTP
import GustRouting
import GustSessions
import HTTPTypes
import Testing

@testable import GustWeb

/// Helpers of the library and of the application, in all positions.
@Suite struct TemplateHelperTests {
    private let exchange = Exchange()
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Writes templates, and makes routes with sessions, where `/page` renders the template `page`.
    private func routes(
        _ templates: [String: String],
        helpers: [String: TemplateHelper] = [:],
        _ more: (inout Routes) -> Void = { _ in }
    ) throws -> Router {
        for (name, text) in templates { try directory.write(text, to: "\(name).mustache") }
        let templates = try Templates(directory: directory.path, strict: true, helpers: helpers)
        var routes = Routes()
        routes.use(try Sessions())
        routes.use(templates)
        routes.get("/page", name: "page") { request in try request.render("page", ["items": ["a", "b"], "v": "<"]) }
        routes.get("/leave") { request in
            try request.session.flash("<saved>")
            try request.session.flash("careful", kind: "warning")
            return ""
        }
        more(&routes)
        return try routes.build()
    }

    private func get(
        _ target: String,
        _ router: Router,
        cookie: String? = nil,
        method: HTTPRequest.Method = .get
    )
        async throws -> Exchange.Answer
    {
        var headers = HTTPFields()
        headers[.cookie] = cookie
        return try await exchange.answer(exchange.request(target, headers, method: method), from: router)
    }

    private func cookie(of answer: Exchange.Answer) throws -> String {
        String(try #require(answer.headers[.setCookie]).prefix { $0 != ";" })
    }

    @Test func `csrf_field is a hidden field whose token the session accepts`() async throws {
        let router = try routes(["page": "<form>{{csrf_field}}</form>{{csrf_token}}"]) {
            $0.post("/save") { _ in "saved" }
        }
        let page = try await get("/page", router)
        let prefix = "<form><input type=\"hidden\" name=\"_csrf\" value=\""
        #expect(page.text.hasPrefix(prefix))
        let token = page.text.dropFirst(prefix.count).prefix { $0 != "\"" }
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        headers[.cookie] = try cookie(of: page)
        func save(_ body: String) async throws -> HTTPResponse.Status {
            try await exchange.answer(exchange.request("/save", headers, method: .post, body: body), from: router)
                .status
        }
        #expect(try await save("_csrf=\(token)") == .ok)
        #expect(try await save("_csrf=x\(token.dropFirst())") == .forbidden)
    }

    @Test func `flash shows the messages once, and only a section that is rendered takes them`() async throws {
        let template = "{{#flash}}[{{kind}} {{text}}]{{/flash}}{{^flash}}none{{/flash}}"
        let router = try routes([
            "page": template, "other": "{{^flash}}none{{/flash}}{{#items}}{{#flash}}{{/flash}}{{/items}}",
        ]) {
            $0.get("/other") { request in try request.render("other", ["items": [Int]()]) }
        }
        let cookie = try cookie(of: await get("/leave", router))
        let shown = "[info &lt;saved&gt;][warning careful]"
        #expect(try await get("/other", router, cookie: cookie).text == "")
        #expect(try await get("/page", router, cookie: cookie, method: .head).text == shown)
        #expect(try await get("/page", router, cookie: cookie).text == shown)
        #expect(try await get("/page", router, cookie: cookie).text == "none")
    }

    @Test func `two sections of a page show the same messages`() async throws {
        let router = try routes(["page": "{{#flash}}{{text}}{{/flash}}|{{#flash}}{{kind}} {{/flash}}"])
        let cookie = try cookie(of: await get("/leave", router))
        #expect(try await get("/page", router, cookie: cookie).text == "&lt;saved&gt;careful|info warning ")
    }

    @Test func `outside of a session there are no messages, but a token is an error with its place`() throws {
        try directory.write("{{#flash}}x{{/flash}}", to: "flash.mustache")
        try directory.write("<form>\n  {{csrf_field}}</form>", to: "form.mustache")
        let templates = try Templates(directory: directory.path)
        let request = try exchange.request("/")
        #expect(try templates.render("flash", for: request).text == "")
        let error = #expect(throws: TemplateError.self) { try templates.render("form", for: request) }
        #expect(
            error?.description == """
                \(directory.path)/form.mustache:2:3: the request has no session: use the middleware Sessions for its route
                  {{csrf_field}}</form>
                  ^^^^^^^^^^^^^^
                """
        )
    }

    @Test func `csp_nonce is the nonce of the request, or nothing`() throws {
        try directory.write("<script nonce=\"{{csp_nonce}}\">", to: "page.mustache")
        let templates = try Templates(directory: directory.path, strict: true)
        var request = try exchange.request("/")
        #expect(try templates.render("page", for: request).text == "<script nonce=\"\">")
        let nonce = ContentSecurityNonce()
        request.storage[ContentSecurityNonce.Key.self] = nonce
        #expect(try templates.render("page", for: request).text == "<script nonce=\"\(nonce.text)\">")
    }

    @Test func `a helper of the application gets texts, numbers, values and keys`() async throws {
        let router = try routes(
            ["page": #"{{show "a b" 7 v key=v other="x" n=-1 missing=none}}"#],
            helpers: [
                "show": { arguments, request in
                    let texts = (0..<arguments.count).map { arguments[$0].text ?? "nil" }
                    let named = ["key", "other", "n", "unknown"].map { arguments[$0].text ?? "nil" }
                    return (texts + named + [request?.target.path ?? ""]).joined(separator: ",")
                }
            ]
        )
        let answer = try await get("/page", router)
        #expect(answer.status == .internalServerError)
        try directory.write(#"{{show "a b" 7 v key=v other="x" n=-1}}"#, to: "page.mustache")
        let again = try routes(
            [:],
            helpers: [
                "show": { arguments, request in
                    let texts = (0..<arguments.count).map { arguments[$0].text ?? "nil" }
                    let named = ["key", "other", "n", "unknown"].map { arguments[$0].text ?? "nil" }
                    return (texts + named + [request?.target.path ?? ""]).joined(separator: ",")
                }
            ]
        )
        #expect(try await get("/page", again).text == "a b,7,&lt;,&lt;,x,-1,nil,/page")
    }

    @Test func `the result of a helper is escaped unless it is HTML, and is the value of a section`() async throws {
        let router = try routes(
            [
                "page":
                    "{{plain}}{{html}}{{none}}{{{plain}}}{{#yes}}y{{/yes}}{{^none}}n{{/none}}{{#list 2}}{{.}}{{/list}}"
            ],
            helpers: [
                "plain": { _, _ in "<" }, "html": { _, _ in HTML("<b>") }, "none": { _, _ in nil },
                "yes": { _, _ in true }, "list": { arguments, _ in Array(1...(arguments[0].integer ?? 0)) },
            ]
        )
        #expect(try await get("/page", router).text == "&lt;<b><yn12")
    }

    @Test func `an error of a helper has the place of its tag, an HTTPError stays what it is`() throws {
        try directory.write("{{fail}}", to: "fail.mustache")
        try directory.write("{{gone}}", to: "gone.mustache")
        let templates = try Templates(
            directory: directory.path,
            helpers: ["fail": { _, _ in throw SessionError.noUser }, "gone": { _, _ in throw HTTPError(.gone) }]
        )
        let error = #expect(throws: TemplateError.self) { try templates.render("fail") }
        #expect(error?.kind == .helper)
        #expect(error?.description.hasPrefix("\(directory.path)/fail.mustache:1:1: nobody has signed in") == true)
        #expect(throws: HTTPError.self) { try templates.render("gone") }
    }

    @Test(arguments: ["url", "flash", "a b", "a.b", ""])
    func `a helper can't have a name of the library or one that isn't a name`(name: String) throws {
        #expect(throws: TemplateError.self) { try Templates(directory: directory.path, helpers: [name: { _, _ in 1 }]) }
    }

    @Test func `helpers work in layouts, partials, sections and blocks`() async throws {
        let router = try routes(
            [
                "layout":
                    "{{url page}}{{twice v}}{{#items}}{{url page}}{{/items}}|{{$body}}{{twice v}}{{/body}}|{{>part}}",
                "part": "{{url page}}{{twice v}}",
                "page": "{{<layout}}{{$body}}{{#items}}{{twice .}}{{url page}}{{>part}}{{/items}}{{/body}}{{/layout}}",
            ],
            helpers: ["twice": { arguments, _ in (arguments[0].text ?? "") + (arguments[0].text ?? "") }]
        )
        let part = "/page&lt;&lt;"
        #expect(
            try await get("/page", router).text
                == "/page&lt;&lt;/page/page|aa/page\(part)bb/page\(part)|\(part)"
        )
    }

    @Test func `the links of all templates are checked when the routes are built`() throws {
        let error = #expect(throws: RoutesError.self) {
            try routes(["page": "ok", "unused": "a\n <a href=\"{{url pgae}}\">", "file": "{{static_url \"app.js\"}}"])
        }
        #expect(
            error?.description == """
                \(directory.path)/file.mustache:1:1: no route serves the static file "app.js": there is no route with `.files`
                {{static_url "app.js"}}
                ^^^^^^^^^^^^^^^^^^^^^^^
                \(directory.path)/unused.mustache:2:11: no route is called "pgae"; there are only: page
                 <a href="{{url pgae}}">
                          ^^^^^^^^^^^^
                """
        )
    }

    @Test func `a request outside of the middleware can't render`() throws {
        let request = try exchange.request("/")
        let error = #expect(throws: TemplateError.self) { try request.render("page") }
        #expect(error?.reason == "\"page\" can't be rendered: no middleware has set templates, use(templates)")
    }

    @Test func `a page of a context is checked and rendered, also if the context is awaited`() async throws {
        struct Page: Encodable { let name: String? }
        try directory.write("{{name}}", to: "name.mustache")
        let templates = try Templates(directory: directory.path)
        var routes = Routes()
        routes.get("/a/:name", use: .page("name", from: templates) { Page(name: $0.captures["name"]) })
        routes.get(
            "/b",
            use: .page("name", from: templates) { _ in
                await Task.yield()
                return Page(name: "b")
            }
        )
        let router = try routes.build()
        #expect(try await get("/a/x", router).text == "x")
        #expect(try await get("/b", router).text == "b")
        var wrong = Routes()
        wrong.get("/c", use: .page("nmae", from: templates) { _ in Page(name: nil) }, file: "App.swift", line: 3)
        #expect {
            try wrong.build()
        } throws: { error in
            "\(error)".hasPrefix(
                "App.swift:3: there is no template \"nmae\" in \(directory.path), but there are only: name"
            )
        }
    }
}
