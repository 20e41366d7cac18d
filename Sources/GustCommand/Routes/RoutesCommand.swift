import ArgumentParser
import GustControl

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `gust routes`: builds the application, and lets it list its routes.
struct RoutesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract:
            "Lists the routes of the application: methods, pattern, name, middleware, place in the source.",
        discussion: """
            The application is built and run up to the place where it would listen, so what it does before is done. Order counts: the first \
            route that matches a request answers it.
            """
    )

    @OptionGroup var options: BuildOptions

    @Flag(name: .long, help: "Prints one line of JSON instead of a table.")
    var json = false

    @Argument(parsing: .postTerminator, help: "Arguments for the application.")
    var arguments: [String] = []

    func run() throws {
        let package = try ApplicationPackage.find()
        let program = try ApplicationProgram(package, options)
        let build = try Build(program.buildArguments)
        build.wait()
        guard build.process.hasSucceeded else {
            Terminal.say(build.messages)
            throw ExitCode.failure
        }
        guard let (channel, other) = ControlChannel.pair() else {
            throw CommandError("can't make a pair of sockets")
        }
        let process = try ChildProcess(
            [program.path] + arguments,
            variables: [
                "GUST_MODE=development",
                "\(ControlChannel.commandVariable)=\(json ? "routes-json" : "routes")",
                "\(ControlChannel.variable)=4",
            ],
            // What the application prints is no part of the result.
            descriptors: [1: 2, 4: other.descriptor]
        )
        other.close()
        defer { channel.close() }
        guard let text = receive(channel) else {
            if !process.hasEnded() { process.signal(SIGKILL) }
            process.wait()
            throw CommandError(
                "the application \(process.endText) before it would listen, within a minute"
            )
        }
        process.wait()
        print(text, terminator: "")
    }

    /// The list that the application sends; nil if it ends without it, or takes more than a minute.
    private func receive(_ channel: ControlChannel) -> String? {
        var reader = ControlReader()
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            var state = pollfd(fd: channel.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&state, 1, 1_000)
            guard let messages = channel.receive(&reader) else { return nil }
            for case .routes(let text) in messages { return text }
        }
        return nil
    }
}
