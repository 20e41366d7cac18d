import Foundation

/// Checks of a running server and of what is in front of it.
struct ServerCheck {
    /// How many clients look for stickiness: two servers that take turns are found by the first, four at random by one of them.
    private static let clients = 4
    private static let upgrade = [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    private var site: SiteAddress
    private let curl: Curl
    private let path: String
    private let events: String?
    private let wait: Int
    private let report: (Finding) -> Void

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

    private func url(_ path: String) -> String { site.text + path }

    private func pollURL(_ sid: String? = nil) -> String {
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

    // MARK: Socket.IO

    private func checkSocketIO() throws {
        let first = try curl.get(pollURL())
        guard first.status == 200, let handshake = EngineHandshake(first.body) else {
            report(
                .warning(
                    "there is no Socket.IO endpoint at \(path): \(first.status == 0 ? first.message : "status \(first.status)")",
                    "name its path by --path; a sign-in in front of it, or a list of origins, may refuse the doctor too"
                )
            )
            return
        }
        report(.ok("Socket.IO at \(path), ping every \(handshake.pingInterval / 1_000) s"))
        let isSticky = try checkStickiness()
        try checkWebSocket()
        // Without stickiness, the results of the rest would be those of chance.
        guard isSticky else { return }
        try checkBodies(handshake)
        try checkIdleTime(handshake)
    }

    /// Whether all requests of a client reach the server that has its connection.
    private func checkStickiness() throws -> Bool {
        for _ in 0..<Self.clients {
            let client = try DoctorClient(curl)
            defer { client.forget() }
            guard let handshake = EngineHandshake(try client.get(pollURL()).body) else {
                report(
                    .failure(
                        "a handshake fails, although the first one didn't",
                        "look for its reason in the logs of server and proxy"
                    )
                )
                return false
            }
            let post = try client.get(pollURL(handshake.sid), arguments: ["--data-binary", "40"])
            // The poll that answers CONNECT, on a connection of its own as well.
            let poll = post.status == 200 ? try client.get(pollURL(handshake.sid)) : post
            if poll.bodyContains("Session ID unknown") {
                report(
                    .failure(
                        "the requests of one client reach different servers: \"unknown session\"",
                        "sticky sessions in the proxy (nginx: `ip_hash` or a hash of the cookie), or SessionForwarding of GustForwarding"
                    )
                )
                return false
            }
            guard poll.status == 200, poll.bodyContains("40") || poll.bodyContains("44") else {
                report(
                    .failure(
                        "polling doesn't work: status \(poll.status)",
                        "the proxy must pass GET and POST with query and body"
                    )
                )
                return false
            }
        }
        report(.ok("polling works, and \(Self.clients) clients over new connections each reached their server"))
        return true
    }

    private func checkWebSocket() throws {
        let response = try curl.get(url("\(path)?EIO=4&transport=websocket"), fields: Self.upgrade, seconds: 2)
        guard response.status == 101 else {
            report(
                .failure(
                    "WebSockets are refused with \(response.status): the upgrade is lost on the way",
                    "nginx: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\";`. Clients go on by polling, which is slower"
                )
            )
            return
        }
        guard response.bodyContains("\"sid\"") else {
            report(
                .failure(
                    "a WebSocket opens, but nothing comes over it within 2 s",
                    "the proxy must not buffer connections after an upgrade"
                )
            )
            return
        }
        report(.ok("WebSockets work"))
    }

    private func checkBodies(_ handshake: EngineHandshake) throws {
        let client = try DoctorClient(curl)
        defer { client.forget() }
        guard let own = EngineHandshake(try client.get(pollURL()).body) else { return }
        let length = min(handshake.maxPayload ?? 1_000_000, 1_000_000)
        guard length > 64 else { return }
        _ = try client.get(pollURL(own.sid), arguments: ["--data-binary", "40"])
        let start = "42[\"gust doctor\",\""
        let text = start + String(repeating: "x", count: length - start.utf8.count - 2) + "\"]"
        let response = try client.post(text, to: pollURL(own.sid))
        guard response.status != 413 else {
            report(
                .failure(
                    "a body of \(length) bytes is refused with 413, which the endpoint would accept",
                    "nginx: `client_max_body_size 2m;`, and at least as much as your largest upload"
                )
            )
            return
        }
        if response.status == 200 {
            report(.ok("a body of \(length) bytes, the most that a client may send, arrives"))
        } else {
            report(
                .warning(
                    "a body of \(length) bytes is answered \(response.status)",
                    "look for the reason in the logs of server and proxy"
                )
            )
        }
    }

    private func checkIdleTime(_ handshake: EngineHandshake) throws {
        let client = try DoctorClient(curl)
        defer { client.forget() }
        guard let own = EngineHandshake(try client.get(pollURL()).body) else { return }
        _ = try client.get(pollURL(own.sid), arguments: ["--data-binary", "40"])
        _ = try client.get(pollURL(own.sid))
        let poll = try client.get(pollURL(own.sid), seconds: wait)
        let advice =
            "nginx: `proxy_read_timeout 60s;`: more than ping interval and timeout, \((handshake.pingInterval + handshake.pingTimeout) / 1_000) s"
        if poll.isTimeout && poll.status == 0 || poll.status == 200 {
            let isPing = poll.status == 200
            report(
                .ok(
                    isPing
                        ? "a poll is held until the ping"
                        : "a poll is held for \(wait) s; --wait \(handshake.pingInterval / 1_000 + 5) waits for the ping"
                )
            )
        } else if poll.status == 0 {
            report(.failure("a poll is cut off after \(Int(poll.seconds)) s: \(poll.message)", advice))
        } else {
            report(.failure("a poll is answered \(poll.status) after \(Int(poll.seconds)) s", advice))
        }
    }

    /// Whether a text contains another, ignoring the case of ASCII letters.
    private static func contains(_ text: String, _ part: String) -> Bool {
        let lower = text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return lower[...].parted(at: Array(part.utf8)) != nil
    }
}
