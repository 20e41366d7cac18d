import Foundation

/// Checks of a running server and of what is in front of it.
struct ServerCheck {
    /// How many clients look for stickiness: two servers that take turns are found by the first, four at random by one of them.
    static let clients = 4
    static let upgrade = [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    private(set) var site: SiteAddress
    let curl: Curl
    let path: String
    private let events: String?
    let wait: Int
    let report: (Finding) -> Void

    init(
        _ site: SiteAddress,
        _ curl: Curl,
        path: String,
        events: String?,
        wait: Int,
        _ report: @escaping (Finding) -> Void
    ) {
        self.site = site
        self.curl = curl
        let begins = path.utf8.first == UInt8(ascii: "/") ? path : "/\(path)"
        self.path = begins.utf8.last == UInt8(ascii: "/") ? begins : "\(begins)/"
        self.events = events
        self.wait = wait
        self.report = report
    }

    mutating func run() throws {
        guard let page = try reach() else { return }
        checkClock(page)
        checkSecurity(page)
        try checkConnections()
        try checkForwarding()
        if let events { try checkEvents(events) }
        try checkSocketIO()
    }

    func url(_ path: String) -> String { site.text + path }

    func pollURL(_ sid: String? = nil) -> String {
        url("\(path)?EIO=4&transport=polling" + (sid.map { "&sid=\($0)" } ?? ""))
    }

    // MARK: HTTP

    /// The response to the first request, on the site to which http leads; nil if there is none.
    private mutating func reach() throws -> CurlResponse? {
        var page = try curl.get(url("/"))
        if (300..<400).contains(page.status), !site.isSecure, let location = page["location"],
            let other = SiteAddress(location), other.isSecure
        {
            report(.ok("\(site.text) leads to \(other.text)"))
            site = other
            page = try curl.get(url("/"))
        }
        guard page.status != 0 else {
            report(
                .failure(
                    "\(site.text) can't be reached: \(page.message)",
                    "check address, name, port, firewall and certificate"
                )
            )
            return nil
        }
        guard ![502, 503, 504].contains(page.status) else {
            report(
                .failure(
                    "\(url("/")) is answered \(page.status): the proxy reaches no server",
                    "check that the server runs, and that the proxy has its address and port"
                )
            )
            return nil
        }
        report(.ok("\(url("/")) is answered \(page.status) in \(Int(page.seconds * 1_000)) ms"))
        return page
    }

    private func checkClock(_ page: CurlResponse) {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        guard let text = page["date"], let date = format.date(from: text) else { return }
        let difference = Int(abs(date.timeIntervalSinceNow))
        guard difference > 60 else { return report(.ok("the server's clock differs by \(difference) s")) }
        report(
            .warning(
                "the server's clock and this one differ by \(difference) s",
                "set both by NTP: sessions, certificates and caches depend on the time"
            )
        )
    }

    private func checkSecurity(_ page: CurlResponse) {
        guard site.isSecure else {
            if !site.isLoopback {
                report(
                    .warning(
                        "the connection isn't encrypted",
                        "serve over https, by a proxy or by GustTLS: browsers refuse features, and anybody on the way reads cookies"
                    )
                )
            }
            return
        }
        if page["strict-transport-security"] == nil {
            report(
                .warning(
                    "https without Strict-Transport-Security",
                    "SecureHeaders(strictTransportSecurity: .seconds(31_536_000))"
                )
            )
        } else {
            report(.ok("https with Strict-Transport-Security"))
        }
        let isInsecure = page.all("set-cookie").contains { !Self.contains($0, "secure") }
        let leadsOut = page["location"].map { $0.utf8.starts(with: "http://".utf8) } ?? false
        guard isInsecure || leadsOut else { return }
        report(
            .warning(
                isInsecure ? "a cookie over https isn't Secure" : "a redirect leads from https to http",
                "the server takes the request for http: have the proxy set X-Forwarded-Proto, and use TrustedProxies with its address"
            )
        )
    }

    private func checkConnections() throws {
        let second = try curl.get(url("/"), url("/"))
        if second.connections == 0 {
            report(.ok("connections are kept alive"))
        } else {
            report(
                .warning(
                    "each request needs a new connection",
                    "switch keep-alive on in the proxy: polls and pages pay a round trip each, two with TLS"
                )
            )
        }
    }

    private func checkForwarding() throws {
        let name = "gust-doctor.invalid"
        let response = try curl.get(
            url("/"),
            fields: ["X-Forwarded-Host: \(name)", "Forwarded: host=\(name);proto=https", "X-Forwarded-For: 192.0.2.1"]
        )
        if response.bodyContains(name) || response.fields.contains(where: { Self.contains($0.value, name) }) {
            report(
                .failure(
                    "the server believes X-Forwarded-Host or Forwarded of any client",
                    "have the proxy overwrite these fields, and give TrustedProxies the addresses of your proxies only"
                )
            )
        } else {
            report(.ok("a forged X-Forwarded-Host has no effect on the first page"))
        }
    }

    /// A proxy that keeps events back may pass those that come with the head, so later ones decide.
    private func checkEvents(_ path: String) throws {
        let fields = ["Accept: text/event-stream"]
        let early = try curl.get(url(path), fields: fields, seconds: 1)
        let late = try curl.get(url(path), fields: fields, seconds: max(wait, 2))
        let advice =
            "nginx: `proxy_buffering off;` for this path, and no `proxy_ignore_headers X-Accel-Buffering`; also no compression by the proxy"
        guard late.status == 200 || late.status == 0 && late.isTimeout else {
            let advice = "check the path, and whether it needs a sign-in"
            return report(.failure("server-sent events at \(path) are answered \(late.status)", advice))
        }
        let seconds = max(wait, 2)
        if late.body.count > early.body.count, !early.body.isEmpty || wait < 16 {
            report(.ok("server-sent events at \(path) arrive while the response goes on"))
        } else if late.body.isEmpty || wait >= 16 {
            report(.failure("server-sent events at \(path) are kept back for \(seconds) s", advice))
        } else {
            report(
                .warning(
                    "server-sent events at \(path): no second one within \(seconds) s",
                    "if the application sends none, --wait 20 waits for the heartbeat of Response.events; otherwise, \(advice)"
                )
            )
        }
    }

    /// Whether a text contains another, ignoring the case of ASCII letters.
    private static func contains(_ text: String, _ part: String) -> Bool {
        let lower = text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return lower[...].parted(at: Array(part.utf8)) != nil
    }
}
