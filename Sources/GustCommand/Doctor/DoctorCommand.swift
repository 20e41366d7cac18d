import ArgumentParser

/// `gust doctor`: looks at this machine, or at a server and what is in front of it.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks this machine, or with a URL a running server and the proxies in front of it.",
        discussion: """
            Each line says ok, warning or failure, and what to do. The exit code is 1 after a failure. A server is asked by curl, by a few dozen \
            requests; a Socket.IO endpoint gets connections and one event of 1 MB that no handler has.
            """
    )

    @Argument(help: "The URL of a server, such as https://example.com/; without it, this machine is checked.")
    var url: String?

    @Option(name: .long, help: "The path of the Socket.IO endpoint.")
    var path = "/socket.io/"

    @Option(name: .long, help: "The path of server-sent events, to check that no proxy keeps them back.")
    var events: String?

    @Option(
        name: .long,
        help: "For how many seconds a poll is held, to find idle timeouts; use 30 for those below the ping interval."
    )
    var wait = 5

    @Option(name: .long, help: "The port that the application listens on, on this machine.")
    var port = 8_080

    @Flag(name: .long, help: "Accepts any certificate.")
    var insecure = false

    func validate() throws {
        guard (1...600).contains(wait) else { throw ValidationError("--wait takes 1 to 600 seconds") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535") }
    }

    func run() throws {
        var isFailed = false
        let report: (Finding) -> Void = { finding in
            print(finding.lines)
            if finding.level == .failure { isFailed = true }
        }
        if let url {
            guard let site = SiteAddress(url) else { throw CommandError("not a URL of http or https: \(url)") }
            let curl = Curl(acceptsAnyCertificate: insecure)
            var check = ServerCheck(site, curl, path: path, events: events, wait: wait, report)
            try check.run()
        } else {
            MachineCheck(port: port, report).run()
        }
        if isFailed { throw ExitCode.failure }
    }
}
