import ArgumentParser

/// The command `gust-client`: talks to any Socket.IO server, and shows what is said.
@main
struct GustClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gust-client",
        abstract: "Talks to any Socket.IO server, of every revision, over every transport.",
        discussion: """
            gust-client http://localhost:8080
            gust-client emit http://localhost:8080 hello world 1 '{"a":2}'
            gust-client call http://localhost:8080/admin sum 20 22 --trace
            gust-client listen https://example.org --auth '{"token":"x"}' --for 60

            An argument that is JSON is sent as JSON, any other as text; @FILE sends the bytes of a file.
            """,
        subcommands: [TalkCommand.self, ListenCommand.self, EmitCommand.self, CallCommand.self],
        defaultSubcommand: TalkCommand.self
    )
}
