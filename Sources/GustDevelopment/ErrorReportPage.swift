import GustHTTP
import GustRouting

/// An error report as a page of HTML.
struct ErrorReportPage {
    /// The page needs its own style, and the script that reloads it.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"

    private static let style = """
        body { font: 15px/1.5 system-ui, sans-serif; margin: 0; color: #1d2430; background: #f6f7f9 }
        header { background: #8c1d2f; color: #fff; padding: 1.5rem 2rem }
        header.refusal { background: #274a78 }
        h1 { font-size: 1.1rem; font-weight: 600; margin: 0 0 .5rem; opacity: .85 }
        header p { font-size: 1.35rem; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
        main { padding: 0 2rem 2rem; max-width: 70rem }
        h2 { font-size: 1rem; margin: 1.75rem 0 .5rem }
        table { border-collapse: collapse; width: 100% }
        td, th { text-align: left; vertical-align: top; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #dfe3e9; overflow-wrap: anywhere }
        th { font-weight: 600; width: 14rem }
        code, pre { font: 13px/1.5 ui-monospace, monospace }
        pre { background: #fff; border: 1px solid #dfe3e9; padding: .5rem 0; overflow-x: auto }
        pre span { display: block; padding: 0 1rem } pre .marked { background: #fde7ea }
        footer { padding: 0 2rem 2rem; color: #5c6675 }
        @media (prefers-color-scheme: dark) {
            body { color: #e3e7ee; background: #161a21 } pre { background: #1e242e } pre, td, th { border-color: #333b48 }
            pre .marked { background: #53222b } footer { color: #98a3b3 }
        }
        """

    private let report: ErrorReport

    init(_ report: ErrorReport) { self.report = report }

    /// The text of the page.
    var html: String {
        let title = "\(report.status) \(report.title)"
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(Self.escaped(title))</title><style>\(Self.style)</style></head><body>
            <header\(report.error == nil ? " class=\"refusal\"" : "")><h1>\(Self.escaped(title)) · \
            \(Self.escaped(report.error?.type ?? "no route"))</h1><p>\(Self.escaped(report.error?.text ?? report.detail))</p></header>
            <main>\(excerpt)\(route)\(nearMisses)\(request)\(middleware)</main>
            <footer>This page is shown in development only. A visitor gets \(report.status) without any of it.</footer>
            </body></html>

            """
    }

    private var excerpt: String {
        guard let excerpt = report.excerpt else { return "" }
        let lines = excerpt.lines.map { line in
            "<span\(line.isMarked ? " class=\"marked\"" : "")>\(line.number)  \(Self.escaped(line.text))</span>"
        }
        return "<h2>\(Self.escaped(excerpt.place))</h2><pre>\(lines.joined())</pre>"
    }

    private var route: String {
        guard let route = report.route else { return "" }
        var rows = [("Pattern", route.place), ("Methods", route.methodsText), ("Registered", route.source)]
        if let name = route.name { rows.append(("Name", name)) }
        rows += report.captures.map { ("Capture \($0.name)", $0.value) }
        return "<h2>Route</h2>" + Self.table(rows)
    }

    private var nearMisses: String {
        guard report.error == nil else { return "" }
        guard !report.nearMisses.isEmpty else { return "<h2>Near misses</h2><p>No route is like this one.</p>" }
        let rows = report.nearMisses.map { miss in
            let cells = [miss.route.methodsText, miss.route.place, miss.reason.rawValue, miss.route.source]
            return "<tr>" + cells.map { "<td><code>\(Self.escaped($0))</code></td>" }.joined() + "</tr>"
        }
        return "<h2>Near misses</h2><table>\(rows.joined())</table>"
    }

    private var request: String {
        var html = "<h2>Request</h2>" + Self.table([("Method", report.method), ("Path", report.path)])
        if !report.query.isEmpty { html += "<h2>Query</h2>" + Self.table(report.query.map { ($0.name, $0.value) }) }
        return html + "<h2>Fields</h2>" + Self.table(report.fields.map { ($0.name, $0.value) })
    }

    private var middleware: String {
        guard !report.middleware.isEmpty else { return "" }
        return "<h2>Middleware, from the outside</h2><p><code>"
            + report.middleware.map { Self.escaped($0) }.joined(separator: "</code> → <code>") + "</code></p>"
    }

    private static func table(_ rows: [(name: String, value: String)]) -> String {
        let rows = rows.map { "<tr><th>\(escaped($0.name))</th><td><code>\(escaped($0.value))</code></td></tr>" }
        return "<table>\(rows.joined())</table>"
    }

    /// The text, safe in an element and in a quoted attribute.
    static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "\""): bytes += "&quot;".utf8
            case UInt8(ascii: "'"): bytes += "&#39;".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
