import Testing

@testable import GustServing

/// The names of sockets in `LISTEN_FDNAMES`.
@Suite struct SocketNameTests {
    @Test func `a name has no colon and no byte outside of ASCII`() {
        #expect(SocketName.tcp("::", port: 80) == "tcp%3A%3A%3A%3A80")
        #expect(SocketName.unix("/run/ä %.sock") == "unix%3A/run/%C3%A4%20%25.sock")
    }
}
