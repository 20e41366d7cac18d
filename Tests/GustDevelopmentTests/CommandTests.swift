import Foundation
import Testing

@testable import GustCommand

/// The parts of the command that need no process.
@Suite struct CommandTests {
    @Test(arguments: ["Desk", "my-site", "a", "site_2"]) func `a name that SwiftPM accepts is taken`(
        name: String
    ) throws {
        #expect(try PackageName(name).text == name)
    }

    @Test(arguments: [
        ("", "begins with a letter"), ("-x", "begins with a letter"), ("a b", "letters from A to Z"),
        ("a/../b", "letters from A to Z"),
        ("caf\u{E9}", "letters from A to Z"), ("Class", "a word of Swift"), ("GustApp", "something else"),
        ("testing", "something else"),
    ]) func `another name is refused with the reason`(name: String, reason: String) {
        do {
            _ = try PackageName(name)
            Issue.record("\(name) was taken")
        } catch {
            #expect("\(error)".contains(reason))
        }
    }

    @Test func `the template becomes a package with its own names only`() throws {
        let package = NewPackage(
            name: try PackageName("my-site"),
            dependency: try GustDependency("https://example.com/gust", version: "1.2.3")
        )
        let contents = try package.contents()
        let manifest = try #require(contents.first { $0.path == "Package.swift" }).text
        #expect(manifest.contains(#".package(url: "https://example.com/gust", from: "1.2.3")"#))
        #expect(contents.map(\.path).contains("Sources/my-site/main.swift"))
        #expect(contents.map(\.path).contains(".gitignore"))
        #expect(
            try #require(contents.first { $0.path.contains("SiteTests") }).text.contains("@testable import my_site")
        )
        for (path, text) in contents { #expect(!text.contains("HelloGust") && !path.contains("HelloGust")) }
    }

    @Test(arguments: ["a\"b", "https://example.com/\n", "/nowhere/at/all"]) func `a wrong address of Gust is refused`(
        address: String
    ) {
        #expect(throws: CommandError.self) { try GustDependency(address, version: "1.0.0") }
        #expect(throws: CommandError.self) { try GustDependency("https://example.com", version: "1\", x: \"") }
    }

    @Test func `the answer while nothing runs is a page for browsers, and escaped`() {
        let holding = HoldingAnswer("main.swift:1: <T> & more")
        let page = holding.text(isPage: true)
        #expect(page.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(page.contains("main.swift:1: &lt;T> &amp; more"))
        let text = holding.text(isPage: false)
        #expect(text.contains("Content-Type: text/plain; charset=utf-8\r\n") && text.contains("<T> & more"))
        let parts = text.components(separatedBy: "\r\n\r\n")
        #expect(text.contains("Content-Length: \(parts[1].utf8.count)\r\n"))
    }

    @Test func `the last response of curl is read, behind interim ones`() {
        let output = """
            HTTP/1.1 200 OK\r\nA: 1\r\n\r\nfirst\nend 1 0.5
            HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nSet-Cookie: a=b\r\nset-cookie: c=d\r\n\r\nsecond\nend 0 0.25

            """
        let response = CurlResponse(Array(output.utf8), mark: "\nend ", exit: 0, message: "")
        #expect(response.status == 404)
        #expect(response.all("set-cookie") == ["a=b", "c=d"])
        #expect(String(decoding: response.body, as: UTF8.self) == "second")
        #expect(response.connections == 0)
        #expect(response.seconds == 0.25)
        #expect(CurlResponse([], mark: "\nend ", exit: 7, message: "refused").status == 0)
    }

    @Test func `a handshake of Engine.IO is read, and nothing else`() {
        let body =
            #"0{"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#
        #expect(EngineHandshake(Array(body.utf8))?.sid == "abc")
        for text in ["", "0", "0{}", "<html>", "1\(body.dropFirst())"] {
            #expect(EngineHandshake(Array(text.utf8)) == nil)
        }
    }

    @Test(
        arguments: [
            ("Swift version 6.3.1 (swift-6.3.1-RELEASE)", Finding.Level.ok), ("Apple Swift version 6.2 (x)", .ok),
            ("Swift version 6.1.2 (x)", .failure), ("Swift version 5.10 (x)", .failure),
            ("Swift version 10.0 (x)", .ok), (nil, .failure),
            ("bash: swift", .failure),
        ] as [(String?, Finding.Level)]
    ) func `the toolchain must be new enough`(text: String?, level: Finding.Level) {
        #expect(MachineCheck.toolchain(text).level == level)
    }

    @Test func `the limits of the machine are judged`() {
        #expect(MachineCheck.descriptors(1_024).level == .warning)
        #expect(MachineCheck.descriptors(.max).level == .ok)
        #expect(MachineCheck.backlog(128).level == .warning)
        #expect(MachineCheck.backlog(4_096).level == .ok)
        #expect(MachineCheck.library("zlib", "zlib1g-dev", nil).advice?.contains("zlib1g-dev") == true)
        let now = Date()
        #expect(MachineCheck.clock(now, made: now + 3_600).level == .failure)
        #expect(MachineCheck.clock(now, made: now).level == .ok)
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:80/x?y", "http://127.0.0.1:80"), ("https://example.com", "https://example.com"),
            ("ftp://example.com", nil),
            ("example.com", nil), ("", nil),
        ] as [(String, String?)]
    ) func `a URL is reduced to its site`(url: String, site: String?) {
        #expect(SiteAddress(url)?.text == site)
    }

    @Test(arguments: [("[12/345] Compiling X", true), ("error: no", false), ("[x", false), ("", false)])
    func `the steps of a build are no messages`(line: String, isStep: Bool) {
        #expect(Build.isStep(line) == isStep)
    }
}
