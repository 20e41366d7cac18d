import Foundation
import GustHTTP
import GustWeb
import Testing

/// No value can end its attribute or begin an element, even with combining marks beside its characters.
@Suite struct TemplateEscapingTests {
    /// Text that Swift joins with a neighbour to one character: combining marks, prepended marks, joiners, modifiers.
    static let marks = [
        "", "\u{301}", "\u{600}", "\u{110BD}", "\u{200D}", "\u{FE0F}", "\u{1F3FB}", "\u{E0020}",
        "\u{0D4E}", "\u{094D}",
    ]
    /// Templates for all ways to insert an escaped value.
    static let templates = [
        "plain": "<p>{{v}}</p>", "attribute": #"<p title="{{v}}">x</p>"#,
        "single": "<p title='{{v}}'>x</p>",
        "spaced": "<p>{{ v }}</p>", "section": "<p>{{#list}}{{.}}{{/list}}</p>",
        "inner": "<p>{{#user}}{{name}}{{/user}}</p>",
        "dotted": "<p>{{user.name}}</p>", "partial": "{{> plain}}",
        "nested": "{{#list}}{{> dot}}{{/list}}",
        "dot": #"<b title="{{.}}">x</b>"#, "standalone": "<div>\n  {{> attribute}}\n</div>",
        "layout": "<p>{{$body}}{{/body}}</p>", "page": "{{<layout}}{{$body}}{{v}}{{/body}}{{/layout}}",
        "indented": "{{<layout}}\n  {{$body}}\n    {{v}}\n  {{/body}}\n{{/layout}}",
        "delimiters": "{{=<% %>=}}<p><% v %></p>", "list": "<p>{{list}}</p>",
        "helper": "<p>{{echo v}}</p>", "helped": "<p>{{#echo v}}{{.}}{{/echo}}</p>", "dynamic": "{{> *which}}",
        "inverted": "{{^none}}<p>{{v}}</p>{{/none}}",
        "mirrored": "<p>{{card.text}}</p>", "described": "<p>{{card}}</p>",
    ]

    private struct Card: Sendable { let text: String }

    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for (name, source) in Self.templates { try directory.write(source, to: "\(name).mustache") }
    }

    private static var attacks: [String] {
        marks.flatMap { mark in
            [
                "\"\(mark) autofocus onfocus=alert(1) ", "\(mark)\"\(mark) onfocus=alert(1) x=\(mark)\"",
                "'\(mark) onfocus=alert(1) ", "\(mark)<img src=x onerror=alert(1) \(mark)>",
                "<\(mark)img src=x onerror=alert(1)>\(mark)", "\(mark)</p><script>alert(1)</script\(mark)>",
                "&\(mark)lt;\(mark)&#39;",
            ]
        }
    }

    private func templates(reloads: Bool = false, strict: Bool? = nil) throws -> Templates {
        try Templates(
            directory: directory.path,
            reloads: reloads,
            strict: strict,
            helpers: ["echo": { arguments, _ in arguments[0].text }]
        )
    }

    private func pages() throws -> [(name: String, text: String, value: String)] {
        let templates = try templates()
        var pages: [(String, String, String)] = []
        for attack in Self.attacks {
            let values: [String: any Sendable] = [
                "v": attack, "list": [attack, attack], "user": ["name": attack], "which": "attribute",
                "card": Card(text: attack), "none": String?.none,
            ]
            for name in Self.templates.keys.sorted() {
                pages.append((name, try templates.render(name, values).text, attack))
            }
        }
        return pages
    }

    @Test func `no byte of a value becomes markup`() throws {
        for (name, text, value) in try pages() {
            // After the known markup of the templates is removed, the rest must not contain a byte that ends an
            // attribute or begins an element.
            var bytes = Array(text.utf8)
            for own in [
                "<p title=\"", "\">x</p>", "<p title='", "'>x</p>", "<p>", "</p>", "<b title=\"",
                "\">x</b>", "<div>", "</div>",
            ] {
                while let range = bytes.firstRange(of: Array(own.utf8)) { bytes.removeSubrange(range) }
            }
            #expect(!bytes.contains { "<>\"'".utf8.contains($0) }, "\(name): \(text) of \(value)")
        }
    }

    @Test func `decoding the entities gives the original value`() throws {
        let templates = try templates()
        for attack in Self.attacks {
            var text = Array(try templates.render("plain", ["v": attack]).text.utf8).dropFirst(3)
                .dropLast(4)[...]
            var read: [UInt8] = []
            while let first = text.first {
                let entities = ["&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": "\"", "&#39;": "'"]
                if let (entity, character) = entities.first(where: { text.starts(with: $0.key.utf8) }) {
                    text = text.dropFirst(entity.utf8.count)
                    read += character.utf8
                } else {
                    text = text.dropFirst()
                    read.append(first)
                }
            }
            #expect(read == Array(attack.utf8))
        }
    }

    @Test func `an HTML parser finds only the elements and attributes of the templates`() throws {
        let pages = try pages()
        let input = try JSONSerialization.data(withJSONObject: pages.map { [$0.name, $0.text] })
        let file = directory.path + "/pages.json"
        try input.write(to: URL(filePath: file))
        let script = """
            import html.parser, json, sys
            class Reader(html.parser.HTMLParser):
                def handle_starttag(self, tag, attributes):
                    if tag not in ("p", "b", "div") or [name for name, _ in attributes] not in ([], ["title"]):
                        bad.append((name, page))
            bad = []
            pages = json.load(open(sys.argv[1], encoding="utf-8"))
            for name, page in pages:
                reader = Reader()
                reader.feed(page)
                reader.close()
            print(len(pages), bad[:3])
            """
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = ["python3", "-c", script, file]
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        #expect(text == "\(pages.count) []\n")
    }

    @Test func `raw values aren't escaped`() throws {
        try directory.write("{{{v}}}{{&v}}", to: "raw.mustache")
        #expect(
            try templates().render("raw", ["v": "<br>"]).text == "<br><br>"
        )
    }

    @Test func `the first line of a template is rendered unchanged`() throws {
        try directory.write("{{> plain}}\nrest\n{{! gone }}\nend", to: "first.mustache")
        try directory.write("", to: "empty.mustache")
        let templates = try templates()
        #expect(try templates.render("first", ["v": "x"]).text == "<p>x</p>rest\nend")
        #expect(try templates.render("empty").text == "")
    }

    @Test func `a name without a value is an error in strict templates`() throws {
        let strict = try templates(strict: true)
        let error = #expect(throws: TemplateError.self) {
            try strict.render("plain", ["w": "x", "a": 1])
        }
        #expect(error?.kind == .missingValue)
        #expect(
            error?.description == """
                \(directory.path)/plain.mustache:1:4: there is no value "v"; there are only: a, w
                <p>{{v}}</p>
                   ^^^^^
                """
        )
        #expect(throws: TemplateError.self) { try strict.render("section", [:]) }
        // A value that is nil exists, and so does a member of a section's value.
        #expect(try strict.render("plain", ["v": String?.none]).text == "<p></p>")
        #expect(try strict.render("inner", ["user": ["name": "x"]]).text == "<p>x</p>")
        #expect(try templates().render("plain", [:]).text == "<p></p>")
        #expect(throws: TemplateError.self) {
            try templates(reloads: true).render("plain", [:])
        }
    }
}
