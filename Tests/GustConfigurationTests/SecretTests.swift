#if Configuration
@testable import GustConfiguration
import Testing

@Suite struct SecretTests {
    static let text = "correct horse battery staple, 32 bytes"

    private func printed(_ environment: [String: String], _ arguments: [String] = []) throws -> String {
        var sources = SettingsSources(arguments: arguments + ["--print-configuration"], environment: environment)
        sources.warn = { _ in }
        guard case .text(let text) = try SettingsLoading(sources).load(DeskSettings.self) else { return "" }
        return text
    }

    @Test func `a secret is never in a description`() {
        let secret = Secret(Self.text)
        var dumped = ""
        dump(["key": secret], to: &dumped)
        #expect(!"\(secret)\(String(reflecting: secret))\([secret])\(dumped)".contains("horse"))
        #expect(secret.value == Self.text)
    }

    @Test func `the effective configuration has the source of each value and no secret`() throws {
        let text = try printed(["GUST_DESK_MAIL_KEY": Self.text, "GUST_DESK_PAGE_SIZE": "7"])
        #expect(!text.contains("horse"))
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.first == "mode = production # default")
        #expect(lines.contains("desk.mailKey = <secret> # GUST_DESK_MAIL_KEY"))
        #expect(lines.contains("desk.pageSize = 7 # GUST_DESK_PAGE_SIZE"))
        #expect(lines.contains("desk.patience = 2s # default"))
    }

    @Test func `a secret in a file is read without the line break at its end`() throws {
        try TemporaryFile.with("\(Self.text)\n") { path in
            let (desk, _) = try LoadingTests.load(DeskSettings.self, [], ["GUST_DESK_MAIL_KEY_FILE": path])
            #expect(desk.mailKey?.value == Self.text)
            let text = try printed(["GUST_DESK_MAIL_KEY_FILE": path])
            #expect(text.contains("\(path), named by GUST_DESK_MAIL_KEY_FILE"))
        }
    }

    @Test func `a file of secrets has one on each line`() throws {
        let secrets = ["2:fedcba9876543210fedcba9876543210", "1:\(Self.text)"]
        try TemporaryFile.with("\(secrets[0])\r\n\(secrets[1])\n") { path in
            let environment = ["GUST_SESSIONS_SECRETS_FILE": path]
            let (sessions, _) = try LoadingTests.load(SessionSettings.self, [], environment)
            #expect(sessions.secrets.map(\.value) == secrets)
        }
    }

    @Test func `a missing file of a secret is named with its variable`() throws {
        let mistakes = try LoadingTests.mistakes(DeskSettings.self, [], ["GUST_DESK_MAIL_KEY_FILE": "/nowhere/key"])
        #expect(
            mistakes == [
                "/nowhere/key, named by GUST_DESK_MAIL_KEY_FILE (desk.mailKey): there is no such file"
            ]
        )
    }

    @Test func `a secret and a file with it in one source contradict each other`() throws {
        let environment = ["GUST_DESK_MAIL_KEY_FILE": "/nowhere/key", "GUST_DESK_MAIL_KEY": Self.text]
        let mistakes = try LoadingTests.mistakes(DeskSettings.self, [], environment)
        #expect(mistakes == ["GUST_DESK_MAIL_KEY_FILE (desk.mailKey): the secret and a file with it are both set"])
    }

    @Test func `a wrong secret isn't in the message`() throws {
        let mistakes = try LoadingTests.mistakes(SessionSettings.self, [], ["GUST_SESSIONS_SECRET": "too short"])
        #expect(mistakes == ["GUST_SESSIONS_SECRET (sessions.secret): expected a secret of at least 32 bytes"])
    }

    @Test func `no part of a secret is in a warning about arguments`() throws {
        let arguments = ["--desk-mail-key", "--horse", "battery", "--desk-mail-kye=horse", "--desk-kye", "horse"]
        let (desk, warnings) = try LoadingTests.load(DeskSettings.self, arguments)
        #expect(desk.mailKey?.value == "--horse")
        #expect(warnings.count == 4)
        #expect(!warnings.joined().contains("horse") && !warnings.joined().contains("battery"))
    }

    @Test func `a secret among the arguments is warned about, because others can see it`() throws {
        let (desk, warnings) = try LoadingTests.load(DeskSettings.self, ["--desk-mail-key", Self.text])
        #expect(desk.mailKey?.value == Self.text)
        #expect(
            warnings == ["--desk-mail-key: other users of this machine can see arguments; use --desk-mail-key-file"]
        )
    }
}
#endif
