import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The Swift blocks of the documentation's articles are compiled: each block of `Requests.md`, for example, must occur
/// in one piece in `RequestsArticle.swift` beside this file, or in the file that ``elsewhere`` names.
@Suite(.leavesNothing) struct ArticleTests {
    static let directory = MarkdownSnippets.project.appending(path: "Sources/Gust/Gust.docc")
    static let articles: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        let names = files.filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }
        return names.filter { !tables.contains($0) }.sorted()
    }()
    /// The files of the articles whose examples need a trait, or the directory of the sources that they quote, from the project's directory.
    static let elsewhere = [  // bytes: constants
        "Clusters": "Tests/GustRedisTests/ClustersArticle.swift",
        "Configuration": "Tests/GustConfigurationTests/ConfigurationArticle.swift",
        "TicketDeskTutorial": "Examples/Desk",
        "TLSAndHTTP2": "Tests/GustTLSTests/TLSAndHTTP2Article.swift",
        "Tracing": "Tests/GustTracingTests/TracingArticle.swift",
    ]
    /// Articles that consist of tables of links, without Swift.
    static let tables = ["HowDoI", "LeftOut"]

    @Test func `there is an article for each topic`() {
        #expect(Self.articles.count >= 14)
    }

    @Test(arguments: articles)
    func `each Swift block of an article is compiled in the file beside this one`(article: String) throws {
        let text = try MarkdownSnippets(contentsOf: Self.directory.appending(path: "\(article).md"))
        let compiled = try MarkdownSnippets.lines(
            of: MarkdownSnippets.project.appending(
                path: Self.elsewhere[article] ?? "Tests/GustTests/Articles/\(article)Article.swift"
            )
        )
        #expect(!text.blocks.isEmpty)
        for block in text.blocks {
            #expect(compiled.firstRange(of: block) != nil, "not compiled:\n\(block.joined(separator: "\n"))")
        }
    }
}
