#if Configuration
@testable import GustConfiguration
import Testing

@Suite struct FileTests {
    static let json = #"""
        {"desk": {"title": "From a file", "pageSize": 30, "isOpen": true, "admins": ["ada", "bob, the second"], "quota": null}}
        """#
    static let yaml = """
        desk:
          title: From a file
          pageSize: 30
          isOpen: true
          admins: [ada, "bob, the second"]
          quota:
        """

    @Test(arguments: [(json, ".json"), (yaml, ".yaml"), (yaml, ".yml")])
    func `a file in JSON or YAML gives values`(text: String, suffix: String) throws {
        try TemporaryFile.with(text, suffix: suffix) { path in
            for arguments in [["--config", path], []] {
                let file = arguments.isEmpty ? path : nil
                let (desk, warnings) = try LoadingTests.load(
                    DeskSettings.self,
                    arguments,
                    ["GUST_DESK_PAGE_SIZE": "7"],
                    file: file
                )
                #expect(desk.title == "From a file")
                #expect(desk.pageSize == 7)
                #expect(desk.isOpen)
                #expect(desk.admins == ["ada", "bob, the second"])
                #expect(desk.quota == nil)
                #expect(warnings.isEmpty)
            }
        }
    }

    @Test func `mistakes and unknown keys of YAML have the line`() throws {
        let text = """
            desk:
              titel: x
              pageSize: many
              theme: [a, {b: c}]
              mailKey: {a: 1}
            """
        try TemporaryFile.with(text, suffix: ".yaml") { path in
            let warnings = Warnings()
            var sources = SettingsSources(arguments: ["--config", path])
            sources.warn = { warnings.append($0) }
            let error = #expect(throws: SettingsError.self) { try DeskSettings.load(sources) }
            #expect(
                error?.mistakes == [
                    #"\#(path):3 (desk.pageSize): expected a whole number, from 1 to 100; found "many""#,
                    "\(path):4 (desk.theme): expected one of light, dark; found a list whose elements aren't texts",
                ]
            )
            #expect(
                warnings.all == [
                    "\(path):2: desk.titel isn't the name of a setting; did you mean desk.title?",
                    "\(path):5: desk.mailKey.a isn't the name of a setting; did you mean desk.mailKey?",
                ]
            )
        }
    }

    @Test(arguments: [
        (#"{"desk": {"mailKey": "horse" "#, ".json"), ("desk:\n  mailKey: \"horse\n", ".yaml"), ("[horse]", ".yaml"),
        ("[\"horse\"]", ".json"), ("horse", ".toml"), ("a: horse\na: horse", ".yaml"),
        ("desk: &a {mailKey: horse}\nx: *b", ".yaml"),
    ])
    func `a malformed file is one mistake, without text of the file`(text: String, suffix: String) throws {
        try TemporaryFile.with(text, suffix: suffix) { path in
            let mistakes = try LoadingTests.mistakes(DeskSettings.self, ["--config", path])
            #expect(mistakes.count == 1)
            #expect(mistakes.first?.hasPrefix(path) == true)
            #expect(!mistakes.joined().contains("horse"))
        }
    }

    @Test func `a file that is named must exist, one that isn't need not`() throws {
        #expect(
            try LoadingTests.mistakes(DeskSettings.self, ["--config", "/nowhere/a.json"]) == [
                "/nowhere/a.json: there is no such file"
            ]
        )
        #expect(try LoadingTests.mistakes(DeskSettings.self, file: "/nowhere/a.json") == [])
    }

    @Test func `a file of variables is read if it is named, or in development`() throws {
        let text = """
            # The desk at home
            export GUST_DESK_TITLE="At \\"home\\" # 1"   # a comment
            GUST_DESK_PAGE_SIZE=7 # few\r
            GUST_DESK_MAIL_KEY='a#b $c'
            OTHER=x
            GUST_DESK_ADMIN=x
            """
        try TemporaryFile.with(text) { path in
            let (desk, warnings) = try LoadingTests.load(DeskSettings.self, [], ["GUST_ENV_FILE": path])
            #expect(desk.title == #"At "home" # 1"#)
            #expect(desk.pageSize == 7)
            #expect(desk.mailKey?.value == "a#b $c")
            #expect(
                warnings == ["\(path):6: GUST_DESK_ADMIN isn't the name of a setting; did you mean GUST_DESK_ADMINS?"]
            )
            for (mode, pageSize) in [("development", 7), ("production", 20)] {
                var sources = SettingsSources(arguments: [], environment: ["GUST_MODE": mode])
                sources.environmentFile = path
                sources.warn = { _ in }
                #expect(try DeskSettings.load(sources).pageSize == pageSize)
            }
        }
    }

    @Test func `a mode that isn't one is a mistake, and doesn't read the file of variables`() throws {
        #expect(
            try LoadingTests.mistakes(DeskSettings.self, [], ["GUST_MODE": "Development"]) == [
                #"GUST_MODE: expected one of development, production; found "Development""#
            ]
        )
    }

    @Test func `a file can't name other files`() throws {
        try TemporaryFile.with("GUST_CONFIG=a.json\nGUST_MODE=development") { variables in
            try TemporaryFile.with(#"{"envFile": "b"}"#, suffix: ".json") { file in
                let (_, warnings) = try LoadingTests.load(
                    DeskSettings.self,
                    ["--env-file", variables, "--config", file]
                )
                #expect(
                    warnings == [
                        "\(variables):1: GUST_CONFIG has no effect in a file, only as an argument or variable",
                        "\(variables):2: GUST_MODE has no effect in a file, only as an argument or variable",
                        "\(file): envFile has no effect in a file, only as an argument or variable",
                    ]
                )
            }
        }
    }

    @Test func `mistakes in a file of variables have their lines, and no values`() throws {
        let text = "A=1\nhorse\nA=horse\n1B=horse\nC=\"horse\nD='horse' horse"
        try TemporaryFile.with(text) { path in
            let mistakes = try LoadingTests.mistakes(DeskSettings.self, ["--env-file", path])
            #expect(
                mistakes == [
                    "\(path):2: expected NAME=value", "\(path):3: A is set twice in this file",
                    "\(path):4: expected NAME=value", "\(path):5: the closing quote is missing",
                    "\(path):6: there is text behind the closing quote",
                ]
            )
        }
    }

    @Test func `the environment is preferred to the file of variables, and this to the file of settings`() throws {
        try TemporaryFile.with("GUST_DESK_TITLE=variables\nGUST_DESK_QUOTA=1") { variables in
            try TemporaryFile.with(#"{"desk.title": "file", "desk.quota": 2, "desk.pageSize": 3}"#, suffix: ".json") {
                file in
                let (desk, _) = try LoadingTests.load(
                    DeskSettings.self,
                    ["--env-file", variables, "--config", file],
                    ["GUST_DESK_TITLE": "environment"]
                )
                #expect(desk.title == "environment")
                #expect(desk.quota == 1)
                #expect(desk.pageSize == 3)
            }
        }
    }
}
#endif
