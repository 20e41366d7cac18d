#if Configuration
@testable import GustConfiguration
import Synchronization
import Testing

@Suite struct LoadingTests {
    /// Loads a group; returns it with the warnings.
    static func load<Group: SettingsGroup>(
        _ type: Group.Type,
        _ arguments: [String] = [],
        _ environment: [String: String] = [:],
        file: String? = nil
    ) throws -> (Group, [String]) {
        let warnings = Warnings()
        var sources = SettingsSources(arguments: arguments, environment: environment, file: file)
        sources.warn = { warnings.append($0) }
        return (try Group.load(sources), warnings.all)
    }

    /// The mistakes of a group.
    static func mistakes<Group: SettingsGroup>(
        _ type: Group.Type,
        _ arguments: [String] = [],
        _ environment: [String: String] = [:],
        file: String? = nil
    ) throws -> [String] {
        do {
            _ = try load(type, arguments, environment, file: file)
            return []
        } catch let error as SettingsError {
            return error.mistakes
        }
    }

    @Test func `without sources the values are the defaults`() throws {
        let (desk, warnings) = try Self.load(DeskSettings.self)
        #expect(desk.title == "Desk")
        #expect(desk.pageSize == 20)
        #expect(desk.mailKey == nil)
        #expect(warnings.isEmpty)
    }

    @Test func `the initialiser alone makes the defaults`() {
        #expect(DeskSettings().pageSize == 20)
    }

    @Test func `arguments give values of all types`() throws {
        let arguments = [
            "--desk-title", "Help", "--desk-page-size=50", "--desk-theme", "dark", "--desk-is-open", "--desk-patience",
            "500ms",
            "--desk-upload", "1MiB", "--desk-admins", "ada, bob", "--desk-admins", "eve", "--desk-quota", "-3",
        ]
        let (desk, warnings) = try Self.load(DeskSettings.self, arguments)
        #expect(desk.title == "Help")
        #expect(desk.pageSize == 50)
        #expect(desk.theme == .dark)
        #expect(desk.isOpen)
        #expect(desk.patience == .milliseconds(500))
        #expect(desk.upload.bytes == 1_048_576)
        #expect(desk.admins == ["ada", "bob", "eve"])
        #expect(desk.quota == -3)
        #expect(warnings.isEmpty)
    }

    @Test func `variables give values, and arguments are preferred to them`() throws {
        let environment = ["GUST_DESK_TITLE": "Variable", "GUST_DESK_PAGE_SIZE": "7", "PATH": "/bin"]
        let (desk, warnings) = try Self.load(DeskSettings.self, ["--desk-title", "Argument"], environment)
        #expect(desk.title == "Argument")
        #expect(desk.pageSize == 7)
        #expect(warnings.isEmpty)
    }

    @Test func `an empty variable counts as not set`() throws {
        let (desk, _) = try Self.load(DeskSettings.self, [], ["GUST_DESK_PAGE_SIZE": ""])
        #expect(desk.pageSize == 20)
    }

    @Test func `a list may be empty, and nothing between two commas is a mistake`() throws {
        #expect(try Self.load(DeskSettings.self, ["--desk-admins="]).0.admins == [])
        #expect(
            try Self.mistakes(DeskSettings.self, ["--desk-admins", "ada,"])
                == [#"--desk-admins (desk.admins): expected a list, each element a text; found "ada,""#]
        )
    }

    @Test func `none is no value of an optional setting`() throws {
        let (desk, _) = try Self.load(DeskSettings.self, ["--desk-quota", "none"], ["GUST_DESK_QUOTA": "3"])
        #expect(desk.quota == nil)
    }

    @Test func `all mistakes are reported at once, each with its place, its key and what is expected`() throws {
        let mistakes = try Self.mistakes(
            DeskSettings.self,
            ["--desk-page-size", "500", "--desk-patience"],
            ["GUST_DESK_THEME": "blue", "GUST_DESK_IS_OPEN": "yes", "GUST_DESK_UPLOAD": "1 MiB"]
        )
        #expect(
            mistakes == [
                "--desk-patience: the value is missing",
                #"--desk-page-size (desk.pageSize): expected a whole number, from 1 to 100; found "500""#,
                #"GUST_DESK_THEME (desk.theme): expected one of light, dark; found "blue""#,
                #"GUST_DESK_IS_OPEN (desk.isOpen): expected true or false; found "yes""#,
                "GUST_DESK_UPLOAD (desk.upload): expected a size such as 64KiB or 1MiB, from 1B to 100MiB; "
                    + #"found "1 MiB""#,
            ]
        )
    }

    @Test func `a required setting that no source has is named with its argument and its variable`() throws {
        struct Required: SettingsGroup {
            @Setting("desk.database", "The path of the database", isRequired: true) var database = ""
        }
        #expect(
            try Self.mistakes(Required.self) == [
                "desk.database is missing: set GUST_DESK_DATABASE, --desk-database, or the key in a file"
            ]
        )
        #expect(try Self.load(Required.self, ["--desk-database", "a.sqlite"]).0.database == "a.sqlite")
    }

    @Test func `unknown arguments and variables are warned about with the nearest name`() throws {
        let (_, warnings) = try Self.load(
            DeskSettings.self,
            ["--desk-titel", "x", "left", "--xyzzy"],
            ["GUST_DESK_PAGESIZE": "7", "OTHER": "x", "GUST_PARENT_PID": "1"]
        )
        #expect(
            warnings == [
                "--desk-titel isn't the name of a setting; did you mean --desk-title?",
                "--xyzzy isn't the name of a setting; --help lists the keys",
                "argument 3 isn't used: it is the value of no setting",
                "GUST_DESK_PAGESIZE isn't the name of a setting; did you mean GUST_DESK_PAGE_SIZE?",
            ]
        )
    }

    @Test func `a text with control characters can't make a second line of a message`() throws {
        let mistakes = try Self.mistakes(DeskSettings.self, [], ["GUST_DESK_THEME": "a\nb\u{1B}[31m"])
        #expect(mistakes == [#"GUST_DESK_THEME (desk.theme): expected one of light, dark; found "a?b?[31m""#])
    }

    @Test func `two keys with one variable are a mistake of the program`() throws {
        struct Twice: SettingsGroup {
            @Setting("desk.pageSize", "One") var one = 1
            @Setting("desk.page.size", "Two") var two = 2
        }
        #expect(
            try Self.mistakes(Twice.self) == ["desk.page.size has the variable of desk.pageSize: GUST_DESK_PAGE_SIZE"]
        )
    }

    @Test func `a group checks values that depend on each other, also inside of another group`() throws {
        struct Inner: SettingsGroup {
            @Setting("desk.low", "Low") var low = 1
            @Setting("desk.high", "High") var high = 2
            func mistakes() -> [String] { low < high ? [] : ["desk.low isn't below desk.high"] }
        }
        struct Outer: SettingsGroup {
            var inner = Inner()
        }
        #expect(try Self.mistakes(Outer.self, ["--desk-low", "5"]) == ["desk.low isn't below desk.high"])
    }
}

/// The warnings of a test.
final class Warnings: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
}
#endif
