#if Configuration
import Configuration
import Gust
@testable import GustConfiguration
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The snippets of `Configuration.md`, and its table.
@Suite struct ConfigurationArticle {
    private enum First {
        // swift-format-ignore
        struct DeskSettings: SettingsGroup {
            var gust = GustSettings()

            @Setting("desk.title", "The name in the title of each page") var title = "Desk"
            @Setting("desk.pageSize", "How many tickets a page shows", in: 1...100) var pageSize = 20
            @Setting("desk.database", "The path of the database", isRequired: true) var database = ""
            @Setting("desk.mailKey", "The key of the mail service") var mailKey: Secret?
        }

        static func main() async {
            await Application.main {
                let settings = try DeskSettings.load()
                settings.gust.logging.bootstrap()
                var app = Application()
                app.use(try settings.gust.sessions.middleware())
                app.get("/") { _ in settings.title }
                try await app.run(settings.gust)
            }
        }
    }

    private enum Own {
        enum Theme: String, CaseIterable, SettingValue { case light, dark }

        struct SearchLimits {
            var timeout = Duration.seconds(2)
            var hits = 100
            var indexSize = 1 << 20
        }

        struct SearchSettings: SettingsGroup {
            var limits = SearchLimits()

            init() {
                let keys = SettingsKeys("search")
                keys.read("timeout", into: &limits.timeout, "How long a search may take")
                keys.read("hits", into: &limits.hits, "How many tickets a search finds", in: 1...1_000)
                keys.readSize("indexSize", into: &limits.indexSize, "How much memory the index may use")
            }

            func mistakes() -> [String] {
                limits.hits * 1_024 <= limits.indexSize ? [] : ["search.indexSize is too small for search.hits"]
            }
        }
    }

    private func other() throws -> DeskSettings {
        var sources = SettingsSources(file: "desk.yaml")
        sources.providers = [InMemoryProvider(name: "vault", values: ["desk.mailKey": "from a vault"])]
        let settings = try DeskSettings.load(sources)
        return settings
    }

    @Test func `a provider is asked for what no other source has`() throws {
        var sources = SettingsSources(arguments: ["--desk-title", "Argument"])
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "desk.mailKey": "from a vault", "desk.title": "not used", "desk.pageSize": 7, "desk.isOpen": true,
            "desk.admins": ConfigValue(.stringArray(["ada"]), isSecret: false),
            "desk.quota": ConfigValue(.bytes([1]), isSecret: false),
        ]
        sources.providers = [InMemoryProvider(name: "vault", values: values)]
        let error = #expect(throws: SettingsError.self) { try DeskSettings.load(sources) }
        #expect(error?.mistakes == ["InMemoryProvider[vault] (desk.quota): the provider can't convert the value"])
        sources.arguments += ["--desk-quota", "1"]
        let desk = try DeskSettings.load(sources)
        #expect(desk.mailKey?.value == "from a vault")
        #expect(desk.title == "Argument")
        #expect(desk.pageSize == 7 && desk.isOpen && desk.admins == ["ada"])
    }

    @Test func `groups of the article read their settings`() throws {
        let search = try LoadingTests.load(
            Own.SearchSettings.self,
            ["--search-hits", "7", "--search-index-size", "1MiB"]
        ).0
        #expect(search.limits.hits == 7)
        #expect(
            try LoadingTests.mistakes(Own.SearchSettings.self, ["--search-index-size", "1KiB"])
                == ["search.indexSize is too small for search.hits"]
        )
        #expect(Own.Theme(settingText: "dark") == .dark)
        #expect(First.DeskSettings().gust.http.port == 8_080)
    }

    #if TLS && SQLite
    @Test func `the table of the article has exactly the settings of Gust`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Gust/Gust.docc/Configuration.md")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        let heading = try #require(lines.firstIndex(of: "|---|---|---|---|"))
        let rows = Array(lines[(heading + 1)...].prefix { $0.hasPrefix("|") })
        #expect(
            rows == SettingsTable.rows(of: GustSettings.self),
            "\(SettingsTable.rows(of: GustSettings.self).joined(separator: "\n"))"
        )
    }
    #endif
}
#endif
