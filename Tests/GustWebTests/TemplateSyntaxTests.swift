import GustHTTP
import GustWeb
import Testing

/// The syntax of Mustache: sections, lines with only a tag, indentation, inheritance.
@Suite struct TemplateSyntaxTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func render(
        _ template: String,
        _ values: [String: any Sendable] = [:],
        _ others: [String: String] = [:]
    ) throws -> String {
        try directory.write(template, to: "page.mustache")
        for (name, text) in others { try directory.write(text, to: "\(name).mustache") }
        return try Templates(directory: directory.path).render("page", values).text
    }

    @Test func `a section is rendered for a value that isn't false, 0, empty or nothing`() throws {
        let values: [String: any Sendable] = [
            "yes": true, "no": false, "zero": 0, "one": 1, "empty": "", "text": "t", "none": Int?.none, "list": [Int](),
            "object": ["a": 1],
        ]
        let names = ["yes", "no", "zero", "one", "empty", "text", "none", "list", "object", "unknown"]
        let template = names.map { "{{#\($0)}}\($0)+{{/\($0)}}{{^\($0)}}-{{/\($0)}}" }.joined()
        #expect(try render(template, values) == "yes+--one+-text+--object+-")
    }

    @Test func `a section renders its inside for each element, with the place in the list`() throws {
        #expect(
            try render(
                "{{#n}}{{#@first}}<{{/@first}}{{@index}}:{{.}}{{^@last}}, {{/@last}}{{#@last}}>{{/@last}}{{/n}}",
                ["n": ["a", "b", "c"]]
            ) == "<0:a, 1:b, 2:c>"
        )
    }

    @Test func `names are looked up from the inside to the outside`() throws {
        #expect(
            try render(
                "{{#a}}{{x}}{{y}}{{a.x}}{{.y}}{{#b}}{{x}}{{y}}{{/b}}{{/a}}",
                ["x": "1", "y": "2", "a": ["x": "3", "b": ["y": "4"]] as [String: any Sendable]]
            ) == "32334"
        )
    }

    @Test func `lines that have only a tag disappear`() throws {
        #expect(
            try render(
                "a\n  {{#on}}  \n    b\r\n{{/on}}\r\n{{! none }}\n {{=<% %>=}}\nc <%# on %>d<%/ on %>\n",
                ["on": true]
            ) == "a\n    b\r\nc d\n"
        )
        #expect(try render("{{x}}\n  {{x}}\n", ["x": "1"]) == "1\n  1\n")
    }

    @Test func `a partial alone on its line is indented, but not the lines of its values`() throws {
        #expect(
            try render("  {{>part}}\nend", ["x": "1\n2"], ["part": "a\n{{x}}\n{{#x}}\nb\n{{/x}}\n"])
                == "  a\n  1\n2\n  b\nend"
        )
        #expect(try render("  {{x}} {{>part}}\n", ["x": "1"], ["part": "a\nb"]) == "  1 a\nb\n")
    }

    @Test func `the blocks of a page replace those of its layouts, the page's first`() throws {
        let others = [
            "base": "<{{$title}}base{{/title}}|{{$body}}none{{/body}}>",
            "middle": "{{<base}}{{$title}}middle{{/title}}{{$body}}[{{$inner}}{{/inner}}]{{/body}}{{/base}}",
        ]
        #expect(try render("{{<base}}{{/base}}", [:], others) == "<base|none>")
        #expect(try render("{{<middle}}{{$inner}}x{{/inner}}{{/middle}}", [:], others) == "<middle|[x]>")
        #expect(try render("{{<middle}}{{$title}}{{t}}{{/title}}{{/middle}}", ["t": "T"], others) == "<T|[]>")
    }

    @Test func `a block gets the indentation of its place in the layout`() throws {
        let others = ["layout": "<body>\n  {{$body}}\n  none\n  {{/body}}\n</body>\n"]
        #expect(
            try render("{{<layout}}\n{{$body}}\n    <p>\n      x\n    </p>\n{{/body}}\n{{/layout}}\n", [:], others)
                == "<body>\n  <p>\n    x\n  </p>\n</body>\n"
        )
        #expect(try render("{{<layout}}{{/layout}}\n", [:], others) == "<body>\n  none\n</body>\n")
    }

    @Test func `a partial may include itself for the elements of a tree`() throws {
        struct Node: Encodable {
            let name: String
            var children: [Node] = []
        }
        let tree = Node(name: "a", children: [Node(name: "b", children: [Node(name: "c")])])
        #expect(
            try render(
                "{{#tree}}{{>node}}{{/tree}}",
                ["tree": tree],
                ["node": "{{name}}({{#children}}{{>node}}{{/children}})"]
            )
                == "a(b(c()))"
        )
    }

    @Test func `a partial that includes itself for ever is an error with its place`() throws {
        let error = #expect(throws: TemplateError.self) { try render("{{>page}}") }
        #expect(error?.kind == .recursion)
        #expect(error?.location?.description == "\(directory.path)/page.mustache:1:1")
    }

    @Test func `a partial that a value names must exist, and nothing is rendered without a name`() throws {
        #expect(try render("[{{>*which}}]", ["which": "part"], ["part": "x"]) == "[x]")
        #expect(try render("[{{>*which}}]") == "[]")
        let error = #expect(throws: TemplateError.self) { try render("\n{{>*which}}", ["which": "../part"]) }
        #expect(error?.reason == "there is no template \"../part\", but there are only: page, part")
        #expect(error?.location?.line == 2)
    }

    @Test func `text that looks like part of a tag stays text`() throws {
        #expect(try render("{ {x} }} \u{301}{{x}}\u{301} {{{x}}}}", ["x": "<"]) == "{ {x} }} \u{301}&lt;\u{301} <}")
    }

    @Test(arguments: [
        ("{{#a}}\n{{/b}}", "\"a\" of line 1 must be closed before \"b\"", 2, 1),
        ("x {{/a}}", "\"a\" is closed, but it isn't open", 1, 3),
        ("x\n\t{{a", "the end of the tag, }}, is missing", 2, 2),
        ("{{{a}}", "the end of the tag, }}}, is missing", 1, 1),
        ("{{}}", "the tag is empty", 1, 1), ("é {{a(b)}}", "\"a(b)\" isn't the name of a value", 1, 3),
        ("{{=x=}}", "two delimiters without = are needed, such as {{=<% %>=}}", 1, 1),
        (
            "{{<page}}\n {{x}}{{/page}}",
            "inside of a layout's tag, everything must be in a block, {{$name}}…{{/name}}: other tags would be lost", 2,
            2
        ),
        ("{{>}}", "\"\" isn't the name of a template", 1, 1),
        (
            "{{mony x}}",
            "there is no helper \"mony\"; there are only: csp_nonce, csrf_field, csrf_token, flash, static_url, url", 1,
            1
        ),
        ("{{csrf_field x}}", "{{csrf_field}} has no arguments", 1, 1),
        (
            "{{static_url a b}}",
            "a tag for a static file is {{static_url \"path\"}}, with the path below its directory", 1, 1
        ),
    ])
    func `a mistake is reported with its place`(template: String, reason: String, line: Int, column: Int) throws {
        let error = #expect(throws: TemplateError.self) { try render(template) }
        #expect(error?.reason == reason)
        #expect(error?.location?.line == line)
        #expect(error?.location?.column == column)
    }

    @Test func `tags that are nested too deep are a mistake`() throws {
        let template = String(repeating: "{{#a}}", count: 5_000) + String(repeating: "{{/a}}", count: 5_000)
        let error = #expect(throws: TemplateError.self) { try render(template) }
        #expect(error?.reason == "tags are nested more than 100 deep")
    }
}
