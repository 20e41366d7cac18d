import GustHTTP
import GustRouting
import GustWeb
import HTTPTypes
import Testing

/// Templates that are read again, for development.
@Suite struct TemplateReloadTests {
    private let directory: TemporaryDirectory
    private let exchange = Exchange()
    private let templates: Templates

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("one {{v}}{{>part}}", to: "page.mustache")
        try directory.write("", to: "part.mustache")
        templates = try Templates(directory: directory.path, reloads: true)
    }

    private func text() throws -> String { try templates.render("page", ["v": 1]).text }

    @Test func `a mistake in a changed template is an error of the pages until it is corrected`() throws {
        #expect(try text() == "one 1")
        try directory.write("two\n {{#v}}", to: "part.mustache")
        for _ in 0..<2 {
            let error = #expect(throws: TemplateError.self) { try text() }
            #expect(
                error?.description == """
                    \(directory.path)/part.mustache:2:2: the end of "v", {{/v}}, is missing
                     {{#v}}
                     ^^^^^^
                    """
            )
        }
        try directory.write("three", to: "part.mustache")
        #expect(try text() == "one 1three")
    }

    @Test func `templates that are added and removed are noticed, in subdirectories too`() throws {
        try directory.write("{{>a/b}}", to: "page.mustache")
        #expect(throws: TemplateError.self) { try text() }
        try directory.write("new", to: "a/b.mustache")
        #expect(try text() == "new")
        try directory.remove("a/b.mustache")
        #expect(throws: TemplateError.self) { try text() }
    }

    @Test func `a directory that disappears is an error, and the templates come back with it`() throws {
        try directory.remove("page.mustache")
        let error = #expect(throws: TemplateError.self) { try text() }
        #expect(error?.reason == "there is no template \"page\" in \(directory.path), but there are only: part")
        try directory.write("back", to: "page.mustache")
        #expect(try text() == "back")
    }

    @Test func `a server with a broken template answers 500 and goes on`() async throws {
        var routes = Routes()
        let templates = templates
        routes.use(templates)
        routes.get("/page") { request in try request.render("page", ["v": 1]) }
        routes.get("/other") { _ in "other" }
        let router = try routes.build()
        try directory.write("{{", to: "part.mustache")
        let answer = try await exchange.answer(exchange.request("/page"), from: router)
        #expect(answer.status == .internalServerError)
        // The text of the template isn't for visitors.
        #expect(!answer.text.contains("part"))
        #expect(try await exchange.answer(exchange.request("/other"), from: router).text == "other")
    }
}
