import GustHTTP
import GustRouting
import NIOCore

/// The routes of an application as text, for `gust routes`.
struct RouteOverview {
    /// The document for programs.
    private struct Document: Encodable {
        let routes: [RouteSummary]
        let middleware: [String]
        let warnings: [String]
    }

    private let router: Router

    init(_ router: Router) { self.router = router }

    /// The table of routes, the middleware around all of them, and the warnings.
    var text: String {
        let table = router.table
        var text = table.text + "\n"
        if !table.middleware.isEmpty { text += "\naround all routes: \(table.middleware.joined(separator: ", "))\n" }
        for warning in router.warnings { text += "\nwarning: \(warning)\n" }
        return text
    }

    /// The same as one line of JSON.
    var json: String {
        let table = router.table
        let document = Document(routes: table.summaries, middleware: table.middleware, warnings: router.warnings)
        do {
            return String(buffer: try JSONCoders().encode(document)) + "\n"
        } catch {
            StartFailure.report(error)
        }
    }
}
