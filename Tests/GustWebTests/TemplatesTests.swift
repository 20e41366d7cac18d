import Foundation
import GustHTTP
import GustWeb
import HTTPTypes
import Testing

@Suite struct TemplatesTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("<p>{{who}} {{{raw}}}</p>", to: "greeting.mustache")
        try directory.write("<title>{{title}}</title>{{$body}}nothing{{/body}}", to: "layout.mustache")
        try directory.write(
            "{{<layout}}{{$body}}{{#lines}}{{>line}}{{/lines}}{{/body}}{{/layout}}",
            to: "page.mustache"
        )
        try directory.write("<li>{{.}}</li>", to: "line.mustache")
        try directory.write("{{name}}{{^name}}nobody{{/name}}", to: "chat/room.mustache")
    }

    @Test func `values are escaped unless they are inserted raw`() throws {
        let templates = try Templates(directory: directory.path)
        let page = try templates.render("greeting", ["who": "<Tom & \"Jerry\">", "raw": "<br>"])
        #expect(page.text == "<p>&lt;Tom &amp; &quot;Jerry&quot;&gt; <br></p>")
    }

    @Test func `a page is rendered with its layout and its partials`() throws {
        let templates = try Templates(directory: directory.path)
        let page = try templates.render("page", ["title": "Gust", "lines": ["a", "<b>"]])
        #expect(page.text == "<title>Gust</title><li>a</li><li>&lt;b&gt;</li>")
    }

    @Test func `the name of a template in a subdirectory is its path`() throws {
        let templates = try Templates(directory: directory.path)
        #expect(templates.names == ["chat/room", "greeting", "layout", "line", "page"])
        #expect(try templates.render("chat/room", ["name": "lobby"]).text == "lobby")
        #expect(try templates.render("chat/room", ["name": String?.none]).text == "nobody")
    }

    @Test func `the error for a missing template lists the existing ones`() throws {
        let templates = try Templates(directory: directory.path)
        #expect(throws: TemplateError.self) { try templates.render("pgae") }
        let problem = try #require(templates.problem(with: "pgae"))
        #expect(problem.hasPrefix("there is no template \"pgae\" in \(directory.path)"))
        #expect(problem.hasSuffix("but there are only: chat/room, greeting, layout, line, page"))
        #expect(templates.problem(with: "page") == nil)
    }

    @Test func `a page with a missing template is reported before the first request`()
        throws
    {
        let templates = try Templates(directory: directory.path)
        #expect(TemplatePage.template("nope", from: templates).problem != nil)
        #expect(TemplatePage.template("page", from: templates).problem == nil)
    }

    @Test func `a missing partial is reported when the templates are loaded`() throws {
        try directory.write("{{> haeder }}", to: "broken.mustache")
        let error = #expect(throws: TemplateError.self) { try Templates(directory: directory.path) }
        #expect(error?.kind == .unknown)
        #expect(
            error?.description == """
                \(directory.path)/broken.mustache:1:1: there is no template "haeder", but there are only: broken, \
                chat/room, greeting, layout, line, page
                {{> haeder }}
                ^^^^^^^^^^^^^
                """
        )
    }

    @Test func `a syntax error is reported with its place when the templates are loaded`() throws {
        try directory.write("one\n{{#open}}", to: "broken.mustache")
        let error = #expect(throws: TemplateError.self) { try Templates(directory: directory.path) }
        #expect(error?.kind == .malformed)
        #expect(error?.location?.file == directory.path + "/broken.mustache")
        #expect(error?.location?.line == 2)
        #expect(error?.location?.column == 1)
        #expect(error?.location?.sourceLine == "{{#open}}")
        #expect(error?.reason == "the end of \"open\", {{/open}}, is missing")
    }

    @Test func `a missing directory is reported when the templates are loaded`() {
        let error = #expect(throws: TemplateError.self) {
            try Templates(directory: directory.path + "/nowhere")
        }
        #expect(error?.kind == .unreadable)
        #expect(error?.description == "there is no directory \(directory.path)/nowhere to read templates from")
    }

    @Test func `changes are visible immediately only with reloading`() throws {
        let kept = try Templates(directory: directory.path)
        let reloaded = try Templates(directory: directory.path, reloads: true)
        try directory.write("new", to: "greeting.mustache")
        #expect(try kept.render("greeting").text == "<p> </p>")
        #expect(try reloaded.render("greeting").text == "new")
    }

    @Test func `a template page answers with the rendered template`() async throws {
        let templates = try Templates(directory: directory.path)
        let exchange = Exchange()
        let handler = TemplatePage.template("chat/room", from: templates) {
            ["name": $0.captures["room"]]
        }
        let request = try exchange.request("/chat/lobby", captures: [("room", "lobby")])
        let answer = try exchange.collect(try #require(try handler.answer(request).immediateResponse))
        #expect(answer.text == "lobby")
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
    }

    @Test
    func `partials chosen at run time or after a change of delimiters aren't checked`()
        throws
    {
        try directory.write("{{> *which}}", to: "dynamic.mustache")
        try directory.write("{{=<% %>=}}<p>{{> nowhere}}</p>", to: "delimiters.mustache")
        let templates = try Templates(directory: directory.path)
        #expect(try templates.render("dynamic", ["which": "greeting"]).text == "<p> </p>")
        #expect(try templates.render("delimiters").text == "<p>{{> nowhere}}</p>")
    }
}
