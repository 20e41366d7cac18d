#if Configuration
import Gust
@testable import GustConfiguration
import GustServing
import GustSessions
import GustTesting
import Logging
import Synchronization
import Testing

#if TLS
import GustTLS
#endif

/// The groups of Gust give what the parts of Gust take.
@Suite struct GroupTests {
    private static let secret = "0123456789abcdef0123456789abcdef"

    @Test func `the defaults of the groups are those of the parts`() throws {
        let (settings, _) = try LoadingTests.load(GustSettings.self)
        let limits = settings.http.serving.server.limits
        #expect(limits.headLength == HTTPLimits().headLength)
        #expect(limits.idleTimeout == HTTPLimits().idleTimeout)
        #expect(settings.http.serving.drain.window == Drain().window)
        let io = SocketIOSettings()
        #expect(settings.socketIO.settings.maximumPayload == io.maximumPayload)
        #expect(settings.socketIO.settings.transports == io.transports)
        #expect(settings.socketIO.settings.revisions == io.revisions)
        #expect(settings.socketIO.settings.origins == io.origins)
        #expect(settings.socketIO.settings.pingInterval == nil)
        #expect(settings.socketIO.settings.eventRate == nil)
        #expect(settings.socketIO.settings.recovery == nil)
        #expect(settings.socketIO.settings.deflate == io.deflate)
        #expect(settings.mode == .production)
    }

    @Test func `settings of the server and of Socket.IO are used`() throws {
        let environment = [
            "GUST_MODE": "development", "GUST_HTTP_LISTEN": "[::]:80,unix:/run/gust.sock", "GUST_HTTP_LOOPS": "2",
            "GUST_HTTP_HEAD_LENGTH": "8KiB", "GUST_HTTP_HEALTH": "true", "GUST_DRAIN_WINDOW": "1s",
            "GUST_SOCKET_IO_ORIGINS": "https://example.com", "GUST_SOCKET_IO_PING_INTERVAL": "5s",
            "GUST_SOCKET_IO_REVISIONS": "4,3", "GUST_SOCKET_IO_TRANSPORTS": "websocket",
            "GUST_SOCKET_IO_EVENT_RATE": "2.5",
            "GUST_SOCKET_IO_RECOVERY_ENABLED": "true", "GUST_SOCKET_IO_MAXIMUM_LAG": "none",
            "GUST_SOCKET_IO_DEFLATE": "true",
            "GUST_SOCKET_IO_OUTBOX_MAXIMUM_BYTES": "64KiB",
        ]
        let (settings, warnings) = try LoadingTests.load(GustSettings.self, [], environment)
        #expect(warnings.isEmpty)
        #expect(settings.mode == .development)
        #expect(settings.http.listen.map(\.settingText) == ["[::]:80", "unix:/run/gust.sock"])
        #expect(try settings.http.listeners().count == 2)
        #expect(settings.http.serving.server.loops == 2)
        #expect(settings.http.serving.server.limits.headLength == 8_192)
        #expect(settings.http.serving.health != nil)
        #expect(settings.http.serving.drain.window == .seconds(1))
        let io = settings.socketIO.settings
        #expect(io.origins == .list(["https://example.com"]))
        #expect(io.pingInterval == .seconds(5))
        #expect(io.revisions == [.engineIO4, .engineIO3])
        #expect(io.transports == ["websocket"])
        #expect(io.eventRate?.perSecond == 2.5)
        #expect(io.recovery != nil && io.deflate != nil)
        #expect(io.load.maximumLag == nil)
        #expect(io.outbox.maximumBytes == 65_536)
    }

    @Test func `wrong settings of Gust are refused`() throws {
        let arguments = [
            "--http-port", "65536", "--http-proxy-protocol", "10.0.0.0/8,x", "--socket-io-event-rate", "0",
            "--sessions-lifetime", "0s", "--sessions-cookie", "a b", "--sessions-secrets", "1:short",
        ]
        #expect(
            try LoadingTests.mistakes(GustSettings.self, arguments) == [
                #"--http-port (http.port): expected a whole number, from 0 to 65535; found "65536""#,
                "--http-proxy-protocol (http.proxyProtocol): expected addresses such as 10.0.0.1 or 10.0.0.0/8; "
                    + #"found "10.0.0.0/8,x""#,
                #"--socket-io-event-rate (socketIO.eventRate): expected a number of more than 0, or none; found "0""#,
                "--sessions-secrets (sessions.secrets): expected secrets of at least 32 bytes, each behind its version, "
                    + "such as 2:NEW,1:OLD",
                #"--sessions-cookie (sessions.cookie): expected a name of letters, digits, - and _; found "a b""#,
                #"--sessions-lifetime (sessions.lifetime): expected a duration of more than 0s; found "0s""#,
            ]
        )
    }

    @Test func `without a secret, the keys of the settings are random and always the same`() throws {
        let settings = SessionSettings()
        let signed = ValueSigner(try settings.keys(), purpose: "test").sign("ada")
        #expect(ValueSigner(try settings.keys(), purpose: "test").open(signed) == "ada")
        #expect(ValueSigner(try SessionSettings().keys(), purpose: "test").open(signed) == nil)
    }

    @Test func `a store that outlives the process needs a secret`() throws {
        #expect(
            try LoadingTests.mistakes(GustSettings.self, ["--sessions-store", "cookie"])
                == ["sessions.secret is missing: sessions.store=cookie outlives the process"]
        )
    }

    #if TLS
    @Test func `a certificate needs its key`() throws {
        #expect(
            try LoadingTests.mistakes(GustSettings.self, ["--tls-certificate", "a.pem"])
                == ["tls.key is missing beside tls.certificate"]
        )
        let (settings, _) = try LoadingTests.load(
            GustSettings.self,
            ["--tls-certificate", "a.pem", "--tls-key", "a.key", "--tls-minimum-version", "1.3"]
        )
        #expect(settings.tls.settings?.minimumVersion == .tls13)
        #expect(try LoadingTests.load(GustSettings.self).0.tls.settings == nil)
    }
    #endif

    @Test func `sessions outlive the rotation of their secret, until the old one is removed`() async throws {
        func client(_ environment: [String: String]) throws -> TestClient {
            let (settings, _) = try LoadingTests.load(
                SessionSettings.self,
                ["--sessions-store", "cookie"],
                environment
            )
            var app = Application()
            app.use(try settings.middleware())
            app.post("/in") { request in
                try request.session.set("ada", for: "name")
                return "in"
            }
            app.get("/who") { request in try request.session.value(String.self, for: "name") ?? "nobody" }
            return TestClient(try app.router(), keepsCookies: true)
        }
        let next = "fedcba9876543210fedcba9876543210"
        let before = try client(["GUST_SESSIONS_SECRET": Self.secret])
        _ = try await before.post("/in", body: "")
        for (secrets, name) in [("2:\(next),1:\(Self.secret)", "ada"), ("2:\(next)", "nobody")] {
            let after = try client(["GUST_SESSIONS_SECRETS": secrets])
            after.setHeaders([.cookie: "session=\(before.cookies["session"] ?? "")"])
            #expect(try await after.get("/who").text == name)
        }
    }

    @Test func `lines of the log in JSON have all parts, and one line each`() throws {
        let lines = Mutex<[String]>([])
        var logger = Logger(label: "desk") { label in
            JSONLogHandler(label: label) { line in lines.withLock { $0.append(line) } }
        }
        logger[metadataKey: "request"] = "7"
        logger.debug("not written")
        logger.warning("two\nlines", metadata: ["list": ["a", ["k": "\"v\""]]])
        let line = try #require(lines.withLock { $0 }.first)
        #expect(lines.withLock { $0.count } == 1)
        #expect(line.hasPrefix(#"{"time":"20"#))
        #expect(
            line.hasSuffix(
                #","level":"warning","label":"desk","message":"two\nlines","metadata":{"list":["a",{"k":"\"v\""}],"request":"7"}}"#
                    + "\n"
            )
        )
    }
}
#endif
