#if TLS
import GustHTTP
import HTTPTypes
import NIOEmbedded
import Testing

@testable import GustTLS

/// The listener without TLS.
@Suite struct HTTPSRedirectTests {
    private func location(_ target: String, host: String?, port: Int = 443) throws -> String? {
        var headers = HTTPFields()
        if let host, let name = HTTPField.Name("Host") { headers[name] = host }
        let request = Request(
            method: .get,
            target: try #require(RequestTarget(target)),
            headers: headers,
            executor: LoopExecutor(EmbeddedEventLoop())
        )
        guard case .ready(let response) = HTTPSRedirect(port: port).answer(request) else { return nil }
        #expect(response.status == .permanentRedirect)
        return response.headers[.location]
    }

    @Test func `the port of https is left out if it is 443`() throws {
        #expect(try location("/a?b", host: "example.com:8080") == "https://example.com/a?b")
    }

    @Test func `another port is added`() throws {
        #expect(try location("/", host: "example.com", port: 8_443) == "https://example.com:8443/")
    }

    @Test func `an IPv6 address keeps its brackets`() throws {
        #expect(try location("/", host: "[::1]:80", port: 8_443) == "https://[::1]:8443/")
    }

    @Test func `a request without a host is refused`() throws {
        #expect(try location("/", host: nil) == nil)
        #expect(try location("/", host: "") == nil)
    }

    @Test func `a request for the whole server is refused`() throws {
        #expect(try location("*", host: "example.com") == nil)
    }
}
#endif
