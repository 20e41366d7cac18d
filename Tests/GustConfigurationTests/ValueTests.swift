#if Configuration
@testable import GustConfiguration
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        ("0s", Duration.zero), ("500ms", .milliseconds(500)), ("30s", .seconds(30)), ("5m", .seconds(300)),
        ("2h", .seconds(7_200)),
        ("14d", .seconds(1_209_600)), ("7us", .microseconds(7)), ("9ns", .nanoseconds(9)),
    ])
    func `a duration has a unit, and its text is read back`(text: String, duration: Duration) {
        #expect(Duration(settingText: text) == duration)
        #expect(duration.settingText == text)
    }

    @Test(arguments: [
        "", "30", "s", "1.5s", "-1s", "+1s", "30 s", " 30s", "30S", "1m30s", "99999999999999999999s", "999999d9",
    ])
    func `other texts aren't durations`(text: String) {
        #expect(Duration(settingText: text) == nil)
    }

    @Test func `a duration that is too long is refused instead of overflowing`() {
        #expect(Duration(settingText: "9223372036854775807d") == nil)
        #expect(Duration(settingText: "9223372036s") == .seconds(9_223_372_036))
    }

    @Test(arguments: [
        ("0B", 0), ("1000B", 1_000), ("64KiB", 65_536), ("1MiB", 1_048_576), ("1GiB", 1 << 30),
    ])
    func `a size is read back from its text`(text: String, bytes: Int) {
        #expect(ByteCount(settingText: text)?.bytes == bytes)
        #expect(ByteCount(settingText: ByteCount(bytes).settingText)?.bytes == bytes)
    }

    @Test func `a size without a unit has bytes, and units of 1,000 are known`() {
        #expect(ByteCount(settingText: "65536")?.bytes == 65_536)
        #expect(ByteCount(settingText: "10MB")?.bytes == 10_000_000)
        #expect(ByteCount(settingText: "1mb") == nil)
        #expect(ByteCount(settingText: "9223372036854775807KiB") == nil)
    }

    @Test(arguments: ["TRUE", "yes", "1", "on", "", "true "])
    func `flags are true or false only`(text: String) {
        #expect(Bool(settingText: text) == nil)
    }

    @Test(arguments: ["nan", "inf", "0x10", "", "1,5", "1e999"])
    func `numbers are finite decimal numbers`(text: String) {
        #expect(Double(settingText: text) == nil)
    }

    @Test(arguments: ["+5", "0x10", "1_000", "", " 1", "\u{0661}"])
    func `whole numbers are digits of ASCII`(text: String) {
        #expect(Int(settingText: text) == nil)
    }

    @Test(arguments: [
        "127.0.0.1:8080", "[::]:8080", "example.org:0", "unix:/run/gust.sock", "inherited", "inherited:web",
    ])
    func `an address to listen on is read back from its text`(text: String) {
        #expect(ListenAddress(settingText: text)?.settingText == text)
    }

    @Test(arguments: ["8080", ":8080", "::1:8080", "host:65536", "host:", "host:x"])
    func `other texts aren't addresses`(text: String) {
        #expect(ListenAddress(settingText: text) == nil)
    }

    @Test func `texts of enumerations are compared by bytes`() {
        enum Name: String, CaseIterable, SettingValue { case e = "\u{E9}" }
        #expect(Name(settingText: "\u{E9}") == .e)
        #expect(Name(settingText: "e\u{301}") == nil)
    }

    @Test(arguments: [
        ("socketIO.pingInterval", "--socket-io-ping-interval", "GUST_SOCKET_IO_PING_INTERVAL"),
        ("http.port", "--http-port", "GUST_HTTP_PORT"), ("a2B", "--a2-b", "GUST_A2_B"),
    ])
    func `a key has an argument and a variable`(text: String, argument: String, variable: String) {
        let key = SettingKey(text)
        #expect(key?.argument == argument)
        #expect(key?.variable("GUST") == variable)
    }

    @Test(arguments: ["", ".", "a.", ".a", "a..b", "a-b", "a b", "\u{E9}"])
    func `other texts aren't keys`(text: String) {
        #expect(SettingKey(text) == nil)
    }
}
#endif
