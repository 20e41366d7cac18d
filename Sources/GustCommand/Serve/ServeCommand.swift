import ArgumentParser
import Foundation

/// `gust serve`: runs the application for its developer.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract:
            "Builds and runs the application in development mode; with --watch, again after each change.",
        discussion: """
            The command owns the listening socket, so a browser waits while the application is rebuilt and restarted, and is never refused. The \
            application runs on while a build fails. Pages reload themselves if the application uses `Development()` of GustDevelopment.
            """
    )

    @Flag(
        name: .long,
        help: "Rebuilds and restarts when a source changes, and reloads pages when an asset does."
    )
    var watch = false

    @Option(name: .long, help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(name: .long, help: "The port to listen on; 0 picks a free one.")
    var port = 8_080

    @Option(name: .long, help: "Directories whose changes need no rebuild; may be repeated.")
    var assets: [String] = ["Templates", "public"]

    @Flag(
        name: .long,
        help:
            "Ends the running process before the next one starts, for an application that can't run twice."
    )
    var stopFirst = false

    @OptionGroup var options: BuildOptions

    @Argument(parsing: .postTerminator, help: "Arguments for the application, after --.")
    var arguments: [String] = []

    func run() throws {
        let socket = try ListeningSocket(host: host, port: port)
        let package = try ApplicationPackage.find()
        guard FileManager.default.changeCurrentDirectoryPath(package.root) else {
            throw CommandError("can't enter \(package.root)")
        }
        let program = try ApplicationProgram(package, options)
        var settings = Supervisor.Settings()
        settings.stopsFirst = stopFirst
        settings.arguments = arguments
        let watcher = watch ? FileWatcher(package, assets: assets) : nil
        let status = try Supervisor(socket, program, watcher, settings).run()
        if status != 0 { throw ExitCode(status) }
    }
}
