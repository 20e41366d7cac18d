#if JWT
import Gust
import GustHTTP
import GustJWT
import GustTesting
import HTTPTypes
import Testing

/// Routes behind the middleware, in memory.
@Suite struct JWTAuthenticationTests {
    private let keys = JWTKeyCollection()

    private func client() async throws -> TestClient {
        await keys.add(hmac: "a secret of at least thirty-two bytes", digestAlgorithm: .sha256)
        let tokens = JWTVerifier(Visitor.self, keys: keys, requiresExpiration: false)
        var app = Application()
        app.group("/api", through: JWTAuthentication(tokens)) { api in
            api.get("/me") { request in try request.claims(Visitor.self).sub.value }
        }
        app.get("/open") { request in try request.claims(Visitor.self).sub.value }
        return TestClient(try app.router())
    }

    @Test func `a handler reads the claims of the token`() async throws {
        let client = try await client()
        let token = try await keys.sign(Visitor(sub: "ada"))
        #expect(try await client.get("/api/me", headers: [.authorization: "Bearer \(token)"]).text == "ada")
    }

    @Test(arguments: [
        (nil, #"Bearer realm="Restricted""#), ("Basic YTpi", #"Bearer realm="Restricted""#),
        (
            "Bearer a.b",
            #"Bearer realm="Restricted", error="invalid_token", error_description="the token is malformed""#
        ),
    ])
    func `the challenge says why a request is refused`(authorization: String?, challenge: String) async throws {
        let client = try await client()
        let response = try await client.get("/api/me", headers: authorization.map { [.authorization: $0] } ?? [:])
        #expect(response.status == .unauthorized)
        #expect(response.headers[.wwwAuthenticate] == challenge)
    }

    @Test func `a token of another server is refused`() async throws {
        let client = try await client()
        let others = JWTKeyCollection()
        await others.add(hmac: "another secret of at least 32 bytes", digestAlgorithm: .sha256)
        let token = try await others.sign(Visitor(sub: "ada"))
        let response = try await client.get("/api/me", headers: [.authorization: "Bearer \(token)"])
        #expect(response.status == .unauthorized)
        #expect(response.headers[.wwwAuthenticate]?.contains("the signature of the token is wrong") == true)
    }

    @Test func `claims outside of the middleware are an error of the application`() async throws {
        #expect(try await client().get("/open").status == .internalServerError)
    }

    @Test func `a socket is admitted by the token that it sends as auth`() async throws {
        await keys.add(hmac: "a secret of at least thirty-two bytes", digestAlgorithm: .sha256)
        let tokens = JWTVerifier(Visitor.self, keys: keys, requiresExpiration: false)
        let io = SocketIO()
        io["/"].use { socket in
            let credentials = try socket.auth?.decode([String: String].self)
            _ = try await tokens.claims(of: credentials?["token"] ?? "")
        }
        var app = Application()
        app.add(io.routes())
        let client = TestClient(try app.router())
        _ = try await client.open(auth: ["token": try await keys.sign(Visitor(sub: "ada"))])
        await #expect {
            try await client.open(auth: ["token": "a.b.c"])
        } throws: { error in
            guard case .unexpected(let text)? = error as? TestError else { return false }
            return text == #"{"message":"the token is malformed"}"#
        }
    }
}
#endif
