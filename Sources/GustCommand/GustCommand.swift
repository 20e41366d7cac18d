import ArgumentParser

/// The command `gust`: the tools for whoever develops an application.
@main
struct GustCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gust",
        abstract:
            "Develops applications with Gust: `swift run gust …` in the package of the application.",
        subcommands: [NewCommand.self, ServeCommand.self, RoutesCommand.self, DoctorCommand.self]
    )

    static func main() {
        // A process of the application begins as this program; see `Launcher`.
        Launcher.launchIfAsked(CommandLine.arguments)
        main(nil)
    }
}
