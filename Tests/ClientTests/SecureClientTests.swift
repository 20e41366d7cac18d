#if TLS
import Testing

/// Clients over TLS and HTTP/2 that are independent of this project.
///
/// `scripts/traits` runs them.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SecureClientTests {
    @Test func `HTTP/2 is kept on the level of frames`() async throws {
        try await Script.python("http2.py", Script.product("EchoServer"))
    }

    @Test func `curl, nghttp and h2load are served`() async throws {
        try await Script.python("http2_tools.py", Script.product("EchoServer"))
    }

    @Test func `new certificates are used on SIGHUP, and no connection is lost`() async throws {
        try await Script.python("secure_reload.py", Script.product("EchoServer"))
    }

    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `the browser client works in Chromium over https and HTTP/2`(mode: String) async throws {
        try await Script.python("secure_browser.py", Script.product("EchoServer"), mode)
    }

    @Test func `a user stays signed in, and no request fails, while an application restarts under load`() async throws {
        try await Script.python("whole_server.py", Script.product("SecureServer"))
    }

    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `python-socketio works over TLS`(mode: String) async throws {
        try await Script.python("python_client.py", Script.product("EchoServer"), mode, "https")
    }
}
#endif
