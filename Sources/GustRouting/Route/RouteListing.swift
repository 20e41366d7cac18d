import HTTPTypes

/// Formats routes as a table of text.
enum RouteListing {
    /// One line for each route, with aligned columns.
    static func text(_ routes: [Route]) -> String {
        let rows = routes.map { route in
            [
                route.methodsText, (route.host.map { "//\($0)" } ?? "") + route.pattern, route.name ?? "",
                (route.scopeMiddleware + route.ownMiddleware).map { "\(type(of: $0))" }.joined(separator: ", "),
                route.source.description,
            ]
        }
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (text, width) in zip(row, widths) where width > 0 {
                line += text + String(repeating: " ", count: width - text.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
        .joined(separator: "\n")
    }
}
