import GustServer
import InMemoryLogging
import Logging
import Testing

@testable import GustServing

/// Which inherited socket belongs to which listener.
@Suite struct ListenerChoiceTests {
    private let logs = InMemoryLogHandler()

    /// The places of the listeners, for sockets with these names; the descriptors are not open, and closing them has no effect.
    private func places(_ listeners: [Listener], _ names: String...) throws(ServingError) -> [String] {
        let sockets = names.enumerated().map { InheritedSocket(descriptor: 100_003 + CInt($0), name: $1) }
        let choice = ListenerChoice(listeners, sockets, Logger(label: "test") { _ in logs })
        return try choice.listeners().map { listener in
            switch listener.place {
            case .host(let host, let port): "\(host) \(port)"
            case .unixSocket(let path): path
            case .descriptor(let descriptor, let file): "#\(descriptor - 100_000)\(file.map { " \($0)" } ?? "")"
            }
        }
    }

    @Test func `without inherited sockets the listeners make their own`() throws {
        #expect(try places([.tcp("::", 80), .unix("/a"), .inherited, .inherited("web")]) == [":: 80", "/a"])
    }

    @Test func `a listener gets the socket that the previous process used for it`() throws {
        let names = [SocketName.unix("/a"), SocketName.tcp("::1", port: 80)]
        #expect(
            try places([.tcp("::1", 80), .tcp("127.0.0.1", 81), .unix("/a")], names[0], names[1]) == [
                "#4", "127.0.0.1 81", "#3 /a",
            ]
        )
    }

    @Test func `two listeners on a free port get the sockets in their order`() throws {
        let name = SocketName.tcp("127.0.0.1", port: 0)
        #expect(try places([.tcp("127.0.0.1", 0), .tcp("127.0.0.1", 0)], name, name) == ["#3", "#4"])
    }

    @Test func `the listener without a name gets the sockets that no other listener has`() throws {
        #expect(
            try places([.inherited, .inherited("b"), .tcp("127.0.0.1", 80)], "a", "b", "c", "b") == [
                "#3", "#5", "#4", "#6", "127.0.0.1 80",
            ]
        )
    }

    @Test func `a socket that no listener wants is closed, which is logged`() throws {
        #expect(try places([.inherited("a")], "a", "b") == ["#3"])
        #expect(
            logs.entries.map { "\($0.message) \($0.metadata)" } == [
                "closed an inherited socket that no listener wants [\"name\": b]"
            ]
        )
    }

    @Test func `a name that no inherited socket has is an error with the names`() {
        let error = #expect(throws: ServingError.self) { try places([.inherited("web")], "a", "b") }
        #expect(error?.description == "no inherited socket is named web; LISTEN_FDNAMES has: a, b")
    }

    @Test func `nothing to listen on is an error`() {
        for listeners in [[], [Listener.inherited]] {
            let error = #expect(throws: ServingError.self) { try places(listeners) }
            #expect(
                error?.description
                    == "nothing to listen on: there is no listener, and no socket was inherited (LISTEN_FDS)"
            )
        }
    }

    @Test func `the options of a listener are those of its socket`() throws {
        var listener = try Listener.tcp("127.0.0.1", 80, reusesPort: true, isIPv6Only: true).behindProxies([
            "10.0.0.0/8"
        ])
        listener.mode = 0o600
        let logger = Logger(label: "test") { _ in logs }
        let chosen = try #require(try ListenerChoice([listener], [], logger).listeners().first)
        #expect(chosen.reusesPort && chosen.isIPv6Only && chosen.mode == 0o600)
        #expect(chosen.proxyProtocol?.timeout == .seconds(5))
    }

    @Test func `a malformed address of a proxy is an error that shows it`() {
        let error = #expect(throws: ServingError.self) {
            try Listener.tcp("127.0.0.1", 80).behindProxies(["10.0.0.0/33"])
        }
        #expect(error?.description.contains("10.0.0.0/33") == true)
    }
}
