import Gust
import GustTesting
import GustWire
import NIOPosix
import Testing

@testable import GustClient

/// GustClient behind a proxy.
@Suite(.leavesNothing) struct ClientProxyTests {
    private static let transports = [ClientTransport.polling, .webSocket, .upgrade]

    /// Runs `body` with the port of an echo server, which has the namespace `/` only.
    private func serve(_ body: (Int) async throws -> Void) async throws {
        let io = ConformanceServer.make()
        var routes = Routes()
        routes.add(io.routes())
        try await TestClient.withServer(of: try routes.build()) { _, port in try await body(port) }
    }

    /// Connects, and requires an answer.
    private func talk(
        _ url: String,
        _ proxy: ProxyChoice,
        over transport: ClientTransport = .webSocket,
        environment: [String: String] = [:],
        timeout: Duration = .seconds(10)
    ) async throws {
        var settings = ClientSettings()
        settings.transport = transport
        settings.proxy = proxy
        settings.reconnection.isEnabled = false
        settings.connectTimeout = timeout
        let client = try SocketClient(
            url,
            settings,
            on: MultiThreadedEventLoopGroup.singleton.next(),
            ServerDialer(settings) { environment[$0] },
            ConformanceServer.logger
        )
        let outcome: Result<Int, any Error>
        do {
            let socket = try await client.connect(within: .seconds(10))
            if transport == .upgrade {
                for await state in client.states where state == .connected(transport: "websocket") { break }
            }
            outcome = .success(try await socket.emitWithAcknowledgement("sum", 1, 2).decode(Int.self, at: 0))
        } catch {
            outcome = .failure(error)
        }
        await client.close()
        #expect(try outcome.get() == 3)
    }

    @Test(arguments: transports) func `every connection is a tunnel through the proxy`(
        transport: ClientTransport
    ) async throws {
        try await serve { server in
            try await TunnelProxy.run(.tunnels, to: server) { proxy, port in
                try await talk("http://127.0.0.1:\(server)", .url("http://127.0.0.1:\(port)"), over: transport)
                let expected = "CONNECT 127.0.0.1:\(server) HTTP/1.1\r\nHost: 127.0.0.1:\(server)\r\n\r\n"
                // Polling has one connection for its polls, and one for what it sends.
                #expect(proxy.requests.count >= (transport == .webSocket ? 1 : 2))
                #expect(proxy.requests.allSatisfy { $0 == expected }, "\(proxy.requests)")
            }
        }
    }

    @Test func `the proxy resolves the name of the server`() async throws {
        try await serve { server in
            try await TunnelProxy.run(.tunnels, to: server) { proxy, port in
                try await talk("http://inside.invalid:81", .url("127.0.0.1:\(port)"))
                #expect(proxy.requests.first?.hasPrefix("CONNECT inside.invalid:81 HTTP/1.1\r\n") ?? false)
            }
        }
    }

    @Test func `the name and the password of the proxy's URL are its credentials`() async throws {
        try await serve { server in
            // "user:p@ss:ü"
            try await TunnelProxy.run(.demands("Basic dXNlcjpwQHNzOsO8"), to: server) { _, port in
                try await talk("http://127.0.0.1:\(server)", .url("http://user:p%40ss:%C3%BC@127.0.0.1:\(port)"))
            }
        }
    }

    @Test(arguments: transports) func `a proxy that demands other credentials is an error with its status`(
        transport: ClientTransport
    ) async throws {
        try await serve { server in
            try await TunnelProxy.run(.demands("Basic x"), to: server) { _, port in
                let reason = "the proxy refused the tunnel: HTTP/1.1 407 Proxy Authentication Required"
                for user in ["", "user:wrong@"] {
                    await #expect(throws: ClientError.connectionFailed(reason)) {
                        try await talk(
                            "http://127.0.0.1:\(server)",
                            .url("http://\(user)127.0.0.1:\(port)"),
                            over: transport
                        )
                    }
                }
            }
        }
    }

    // MARK: The environment

    @Test(arguments: ["http_proxy", "all_proxy", "ALL_PROXY"])
    func `the proxy of the environment is used`(variable: String) async throws {
        try await serve { server in
            try await TunnelProxy.run(.tunnels, to: server) { proxy, port in
                let environment = [variable: "http://127.0.0.1:\(port)/", "no_proxy": "localhost"]
                try await talk("http://127.0.0.1:\(server)", .environment, environment: environment)
                #expect(proxy.requests.count == 1)
            }
        }
    }

    // HTTP_PROXY could be the field `Proxy` of the request that a CGI program answers.
    @Test(arguments: [
        ["HTTP_PROXY": ""], ["https_proxy": ""], ["http_proxy": "", "no_proxy": "127.0.0.1"],
        ["http_proxy": "", "NO_PROXY": " example.org , 127.0.0.1:PORT "], ["all_proxy": "", "no_proxy": "*"],
    ])
    func `the server is asked directly if no variable is about it`(variables: [String: String]) async throws {
        try await serve { server in
            try await TunnelProxy.run(.tunnels, to: server) { proxy, port in
                let environment = variables.mapValues {
                    $0.isEmpty ? "http://127.0.0.1:\(port)" : $0.replacing("PORT", with: "\(server)")
                }
                try await talk("http://127.0.0.1:\(server)", .environment, environment: environment)
                #expect(proxy.requests.isEmpty)
            }
        }
    }

    @Test(arguments: [
        ("example.org", true), (".example.org", true), ("a.example.org", true), ("EXAMPLE.ORG", true),
        ("ample.org", false),
        ("org", true), ("example.org:80", true), ("example.org:81", false), ("x,example.org", true), ("", false),
        (",", false), (" ", false), (".", false), (":80", false), ("a.example.or", false), ("b.example.org", false),
    ])
    func `no_proxy lists hosts and the domains above them`(list: String, isExcepted: Bool) {
        #expect(ProxyServer.isExcepted("a.example.org", 80, by: list) == isExcepted)
    }

    // MARK: Hostile proxies

    @Test(arguments: [
        (TunnelProxy.Behaviour.closes, "the proxy closed the connection"),
        (.floods, "the proxy's response is too long"),
        (.answers("SSH-2.0-x\r\n\r\n"), "the proxy refused the tunnel: SSH-2.0-x"),
        (.answers("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"), "the proxy refused the tunnel: HTTP/1.1 302 Found"),
        (.answers("\r\n\r\n"), "the proxy refused the tunnel: "),
    ])
    func `a proxy that opens no tunnel is an error with the reason`(
        behaviour: TunnelProxy.Behaviour,
        reason: String
    ) async throws {
        try await TunnelProxy.run(behaviour, to: 1) { _, port in
            await #expect(throws: ClientError.connectionFailed(reason)) {
                try await talk("http://server.invalid", .url("http://127.0.0.1:\(port)"))
            }
        }
    }

    @Test(arguments: transports) func `a proxy that doesn't answer is an error at the deadline`(
        transport: ClientTransport
    ) async throws {
        try await TunnelProxy.run(.answers(""), to: 1) { _, port in
            await #expect(throws: ClientError.timedOut("the attempt to connect")) {
                try await talk(
                    "http://server.invalid",
                    .url("http://127.0.0.1:\(port)"),
                    over: transport,
                    timeout: .milliseconds(100)
                )
            }
        }
    }

    @Test func `bytes behind the proxy's answer are the server's`() async throws {
        let answer = "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 418 Teapot\r\nContent-Length: 3\r\n\r\nno!"
        try await TunnelProxy.run(.answers(answer), to: 1) { _, port in
            await #expect(throws: ClientError.self) {
                try await talk("http://server.invalid", .url("http://127.0.0.1:\(port)"))
            }
        }
    }

    @Test(arguments: ["socks5://127.0.0.1:1", "http://", "http://127.0.0.1:0", "http://[::1", "https://127.0.0.1"])
    func `a wrong URL of a proxy is refused when the client is made`(url: String) {
        var settings = ClientSettings()
        settings.proxy = .url(url)
        #expect(throws: ClientURLError.self) { _ = try SocketClient("http://127.0.0.1", settings) }
    }
}
