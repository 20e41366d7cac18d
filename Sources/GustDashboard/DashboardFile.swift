import CDashboardPage
import GustFiles
import GustHTTP
import HTTPTypes
import NIOCore

/// A file of the page, embedded in the program.
struct DashboardFile: Handler {
    static let all = (0..<gust_dashboard_file_count()).map { DashboardFile(gust_dashboard_file($0)) }

    /// The path below that of the dashboard; the page itself is `/`.
    let path: String
    private let file: EmbeddedFile

    private init(_ file: dashboard_file) {
        let name = String(cString: file.name)
        // bytes: names of our own files
        path = name == "dashboard.html" ? "/" : "/\(name)"
        let bytes = ByteBuffer(bytes: UnsafeRawBufferPointer(start: file.bytes, count: file.length))
        self.file = EmbeddedFile(name: name, bytes: bytes)
    }

    /// Nothing but the files of the dashboard and its endpoint, no inline script or style, and no frame around the page.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """

    func answer(_ request: Request) -> Answer {
        file.answer(request).edited(with: ()) { response, _ in
            response.headers[.contentSecurityPolicy] = Self.policy
            for (name, value) in Self.fields { response.headers[name] = value }
        }
    }

    private static let fields: [(HTTPField.Name, String)] = [
        ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}
