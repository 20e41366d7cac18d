import GustHTTP
import NIOCore
import NIOPosix
import Testing

@testable import GustServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Several listeners of one server, and what happens when one of them can't be opened.
@Suite struct ListenerTests {
    private static let request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    private let path = "/tmp/gust-\(UInt64.random(in: 0...UInt64.max)).sock"

    private func configuration(_ places: HTTPListener.Place...) -> HTTPServer.Configuration {
        var configuration = HTTPServer.Configuration(loops: 1)
        configuration.listeners = places.map { HTTPListener($0) }
        return configuration
    }

    /// The permissions of the file; nil if there is no file.
    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    @Test func `IPv4, IPv6 and Unix sockets serve one handler, and their addresses are reported in order`() async throws
    {
        var configuration = configuration(
            .host("127.0.0.1", port: 0),
            .host("::1", port: 0),
            .unixSocket(path: path)
        )
        configuration.listeners[2].mode = 0o620
        try await LocalServer.run(ImmediateHandler { _ in "hello" }, configuration) { [path] addresses async throws in
            #expect(addresses.map(\.protocol) == [.inet, .inet6, .unix])
            #expect(addresses[2].pathname == path)
            #expect(Self.mode(path) == 0o620)
            for address in addresses {
                #expect(try await Exchange.send(Self.request, to: address).hasSuffix("\r\n\r\nhello"))
            }
        }
        #expect(Self.mode(path) == nil)
    }

    @Test func `the address :: accepts clients of IPv4, unless it is for IPv6 only`() async throws {
        var configuration = configuration(.host("::", port: 0), .host("::", port: 0))
        configuration.listeners[1].isIPv6Only = true
        // A server of another test may have the same port at 127.0.0.1.
        let own = "server \(UInt64.random(in: 0 ... .max))"
        try await LocalServer.run(ImmediateHandler { _ in own }, configuration) { addresses async throws in
            let both = try SocketAddress(ipAddress: "127.0.0.1", port: try #require(addresses[0].port))
            #expect(try await Exchange.send(Self.request, to: both).hasSuffix(own))
            let one = try SocketAddress(ipAddress: "127.0.0.1", port: try #require(addresses[1].port))
            let answer = try? await Exchange.send(Self.request, to: one)
            #expect(answer?.hasSuffix(own) != true)
        }
    }

    @Test func `two servers listen on one port if both reuse it`() async throws {
        var configuration = configuration(.host("127.0.0.1", port: 0))
        configuration.listeners[0].reusesPort = true
        let first = configuration
        try await LocalServer.run(ImmediateHandler { _ in "1" }, first) { addresses async throws in
            var second = first
            second.listeners[0].place = .host("127.0.0.1", port: try #require(addresses[0].port))
            try await LocalServer.run(ImmediateHandler { _ in "2" }, second) { others async throws in
                #expect(others == addresses)
                var answers: Set<Character> = []
                for _ in 0..<200 where answers.count < 2 {
                    answers.insert(try #require(await Exchange.send(Self.request, to: addresses[0]).last))
                }
                #expect(answers == ["1", "2"])
            }
        }
    }

    @Test func `if one address is taken, the error names it and no other listener is left open`() async throws {
        let taken = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        defer { taken.close(promise: nil) }
        let port = try #require(taken.localAddress?.port)
        let configuration = configuration(.unixSocket(path: path), .host("127.0.0.1", port: port))
        let server = HTTPServer(ImmediateHandler { _ in "" }, configuration: configuration)
        let error = await #expect(throws: ListenError.self) { try await server.run() }
        #expect(error?.description == "can't listen on http://127.0.0.1:\(port): Address already in use")
        #expect(Self.mode(path) == nil)
    }

    @Test func `a Unix socket on which a process listens isn't taken over`() async throws {
        let configuration = configuration(.unixSocket(path: path))
        try await LocalServer.run(ImmediateHandler { _ in "first" }, configuration) { [path] addresses async throws in
            let server = HTTPServer(ImmediateHandler { _ in "" }, configuration: configuration)
            let error = await #expect(throws: ListenError.self) { try await server.run() }
            #expect(error?.description == "can't listen on \(path): another process listens on this socket")
            #expect(try await Exchange.send(Self.request, to: addresses[0]).hasSuffix("first"))
        }
    }

    @Test func `a file that isn't a socket is kept`() async throws {
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        close(file)
        defer { unlink(path) }
        let server = HTTPServer(
            ImmediateHandler { _ in "" },
            configuration: configuration(.unixSocket(path: path))
        )
        let error = await #expect(throws: ListenError.self) { try await server.run() }
        #expect(error?.description == "can't listen on \(path): the file exists and isn't a socket")
        #expect(Self.mode(path) == 0o600)
    }

    @Test func `a socket file that another server has replaced is kept at the end`() async throws {
        let configuration = configuration(.unixSocket(path: path))
        try await LocalServer.run(ImmediateHandler { _ in "" }, configuration) { [path] _ async throws in
            unlink(path)
            close(open(path, O_CREAT | O_WRONLY, 0o600))
        }
        #expect(Self.mode(path) == 0o600)
        unlink(path)
    }

    // MARK: Sockets that exist

    @Test func `a descriptor of a socket that listens is adopted`() async throws {
        let socket = try ListeningSocket.open(HTTPListener(.host("127.0.0.1", port: 0)), backlog: 8)
        let configuration = configuration(.descriptor(socket.descriptor, socketFile: nil))
        try await LocalServer.run(ImmediateHandler { _ in "hello" }, configuration) { addresses async throws in
            #expect(try await Exchange.send(Self.request, to: addresses[0]).hasSuffix("hello"))
        }
    }

    @Test func `a descriptor that isn't a socket, or doesn't listen, is refused`() throws {
        let file = open("/dev/null", O_RDONLY)
        var listener = HTTPListener(.descriptor(file, socketFile: nil), name: "web")
        let first = #expect(throws: ListenError.self) { try ListeningSocket.open(listener, backlog: 1) }
        #expect(first?.description == "can't listen on descriptor \(file) (web): the descriptor isn't a socket")
        close(file)
        let unbound = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        listener.place = .descriptor(unbound, socketFile: nil)
        let second = #expect(throws: ListenError.self) { try ListeningSocket.open(listener, backlog: 1) }
        #expect(
            second?.description
                == "can't listen on descriptor \(unbound) (web): the socket isn't a stream socket that listens"
        )
        close(unbound)
    }

    @Test func `copies of the sockets accept connections after the server has stopped`() async throws {
        let configuration = configuration(.host("127.0.0.1", port: 0), .unixSocket(path: path))
        let (listening, continuation) = AsyncStream.makeStream(of: Void.self)
        var configured = configuration
        configured.onAllListening = { _ in continuation.yield() }
        let server = HTTPServer(ImmediateHandler { _ in "" }, configuration: configured)
        #expect(try server.copyListeners().isEmpty)
        let running = Task { try await server.run() }
        var iterator = listening.makeAsyncIterator()
        await iterator.next()
        let copies = try server.copyListeners()
        server.handOver()
        running.cancel()
        try await running.value
        #expect(Self.mode(path) != nil)
        var next = self.configuration()
        next.listeners = copies.enumerated().map { index, copy in
            HTTPListener(.descriptor(copy.descriptor, socketFile: index == 1 ? path : nil))
        }
        try await LocalServer.run(ImmediateHandler { _ in "next" }, next) { [path] addresses async throws in
            #expect(addresses[1].pathname == path)
            for address in addresses {
                #expect(try await Exchange.send(Self.request, to: address).hasSuffix("next"))
            }
        }
        #expect(Self.mode(path) == nil)
    }
}
