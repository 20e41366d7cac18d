/// Checks of a Socket.IO endpoint: whether its requests come to the right server, and whether a proxy lets them through.
extension ServerCheck {
    func checkSocketIO() throws {
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
}
