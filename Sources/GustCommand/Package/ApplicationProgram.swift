import Foundation

/// The executable of an application: how it is built, and where it is then.
struct ApplicationProgram {
    /// The command that builds it.
    let buildArguments: [String]
    /// The path of the executable.
    let path: String

    /// Finds the place where SwiftPM puts it.
    ///
    /// - Throws: ``CommandError`` if there is no such executable, or the arguments of the build are wrong.
    init(_ package: ApplicationPackage, _ options: BuildOptions) throws {
        let name = try package.executable(options.product)
        buildArguments = options.build(["--product", name])
        let output = try ProcessOutput()
        let process = try output.start(options.build(["--show-bin-path"]), errors: 2)
        while output.isOpen {
            var state = pollfd(fd: output.reading, events: Int16(POLLIN), revents: 0)
            poll(&state, 1, 1_000)
            output.read()
        }
        process.wait()
        guard process.hasSucceeded, let directory = output.lines.last else {
            throw CommandError("swift build doesn't say where it puts the executable; see above")
        }
        path = "\(directory)/\(name)"
    }
}
