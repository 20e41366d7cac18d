import Foundation
import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

/// Warnings about expressions that backtrack too much.
@Suite struct BacktrackingLinterTests {
    private static let content = "a repeated group repeats its content in more than one way"
    private static let alternatives = "alternatives of a repeated group match the same text"
    private static let neighbours = "repetitions behind each other match the same text"
    private static let whole = "the expression matches the same text in more than one way"

    @Test(arguments: [
        ("/(a+)+b", "(a+)+", content), ("/(a*)*b", "(a*)*", content), ("/(?:[a-z]+)*x/y", "(?:[a-z]+)*", content),
        (#"/(\w+\s?)+!"#, #"(\w+\s?)+"#, content), ("/(?<name>(x+x+)+)y", "x+x+", neighbours),
        ("/(a+)+", "(a+)+", content), ("/(?:a?b?)*c", "(?:a?b?)*", content),
        ("/((?:[a-z]+-?)+)/end", "(?:[a-z]+-?)+", content),
        ("/users/([^/]+)+/edit", "([^/]+)+", content), (#"/v(\d+\.?)*\.zip"#, #"(\d+\.?)*"#, content),
        ("/(a|a)*b", "(a|a)*", alternatives), ("/(?:a|ab|b)*c", "(?:a|ab|b)*", alternatives),
        (#"/(?:\w|\d)+/x"#, #"(?:\w|\d)+"#, alternatives), (#"/(?:[a-z]|[a-m])*Z"#, "(?:[a-z]|[a-m])*", alternatives),
        (#"/x\d+\d+\d+y"#, #"\d+\d+"#, neighbours), ("/(.*)(.*)(.*)x", "(.*)(.*)", neighbours),
        (#"/(\w*)([a-z]*)([a-z0-9]*)/x"#, #"\w*)([a-z]*"#, neighbours),
        ("/(.*)/(.*)/(.*)/end", "(.*)/(.*)", neighbours), ("/(.+)-(.+)-(.+)[.]html", ".+)-(.+", neighbours),
        ("(?i)/(a+)+b", "(?i)/(a+)+b", whole),
    ])
    func `a dangerous expression is found, and its part is underlined`(
        pattern: String,
        part: String,
        reason: String
    ) throws {
        let warning = try #require(try Pattern(pattern).backtrackingWarning)
        let lines = "\(warning)".split(separator: "\n")
        #expect(lines.first?.hasPrefix("\(reason): a path of ") == true, "\(warning)")
        let mark = try #require(lines.last)
        let start = mark.prefix { $0 == " " }.count
        let marked = String(try #require(lines.dropFirst().first).dropFirst(start).prefix(mark.count - start))
        #expect(marked.contains(part) || part.contains(marked), "\(warning)")
    }

    @Test(arguments: [
        "/:id", "/(.*)", "/(a+)b", "/[a-z]+/[0-9]+", #"/(?P<year>\d{4})/([a-z]+)"#, "/(?:-[a-z]+)*", "/(?:[a-z]+/)*end",
        "/(?>a+)+b", "/(a++)+b", "/(?:a|b|c)*d", #"/(\d+)\.(\d+)\.(\d+)"#, "/(?:[0-9]{1,3}[.]){3}[0-9]{1,3}",
        "/[a-z0-9]+(?:-[a-z0-9]+)*", "/:a/:b/:c/:d", "/:a<int>/:b<uuid>/:c<slug>?", "/files/:path<path>",
        "/(?:x/:a?|y)",
        "/(.*)/edit/(.*)", "(?i)/[a-z]+/[0-9]+",
    ])
    func `there is no warning about an expression that paths match fast`(pattern: String) throws {
        let warning = try Pattern(pattern).backtrackingWarning
        #expect(warning == nil, "\(warning.map { "\($0)" } ?? "")")
    }

    @Test func `the path of a warning exceeds the limit of steps`() throws {
        let pattern = try Pattern("/(a+)+b")
        let before = Router.matchLimitHits
        let warning = try #require(pattern.backtrackingWarning)
        #expect(warning.message.contains("a path of 43 bytes, /aaaaaaaa"))
        #expect(Router.matchLimitHits == before)
        #expect(!pattern.matches("/" + String(repeating: "a", count: 40) + "/b"))
        #expect(Router.matchLimitHits > before)
    }

    @Test func `the router has the warning with the place of the route, unless the pattern is tolerated`() throws {
        func warnings(tolerating patterns: [String]) throws -> [String] {
            var routes = Routes()
            routes.group("/api") { api in
                api.toleratedPatterns = patterns
                api.get("/(a+)+b", file: "App.swift", line: 7) { _ in "" }
            }
            return try routes.build().warnings
        }
        let warning = try #require(try warnings(tolerating: ["/(a+)+c"]).first)
        #expect(warning.hasPrefix("App.swift:7: \(Self.content): a path of 51 bytes, "))
        #expect(warning.hasSuffix("\n  /api/(a+)+b\n       ^^^^^"))
        #expect(try warnings(tolerating: ["/(a+)+b"]).isEmpty)
    }

    @Test func `hosts are tested too`() throws {
        var routes = Routes()
        routes.host(#"(?:[a-z]+-?)+\.example\.com"#) { $0.get("/a") { _ in "" } }
        #expect(try routes.build().warnings.count == 1)
        routes.toleratedPatterns = [#"(?:[a-z]+-?)+\.example\.com"#]
        #expect(try routes.build().warnings.isEmpty)
    }

    @Test func `there is no warning about the expressions in the tests, articles and programs of this repository`()
        throws
    {
        // Tests of the limit itself have dangerous expressions on purpose.
        let tolerated = #"/old/((?:\w+-?)+)\.html"#
        let exceptions = ["BacktrackingLinterTests.swift", "PatternTests.swift"]
        let project = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent()
        let registration = try Regex(
            ##"(?:\.(?:get|post|put|patch|delete|webSocket|webSocketStream|mount|group)\(|pattern: |Route\(|Pattern\()\s*(?:"([^"\\]+)"|#"([^"]+)"#)"##
        )
        var count = 0
        for directory in ["Sources", "Tests", "README.md"] {
            let root = project.appending(path: directory)
            guard FileManager.default.fileExists(atPath: root.path) else { continue }
            let found =
                FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
                ?? []
            for file in found + [root] where ["swift", "md"].contains(file.pathExtension) {
                guard !exceptions.contains(file.lastPathComponent) else { continue }
                for match in try String(contentsOf: file, encoding: .utf8).matches(of: registration) {
                    let text = match.output.dropFirst().compactMap { $0.substring }.first.map { String($0) } ?? ""
                    guard text != tolerated, let pattern = try? Pattern(text) else { continue }
                    count += 1
                    let warning = pattern.backtrackingWarning
                    #expect(warning == nil, "\(file.lastPathComponent): \(warning.map { "\($0)" } ?? "")")
                }
            }
        }
        #expect(count > 300)
    }
}
