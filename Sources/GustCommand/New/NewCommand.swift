import ArgumentParser
import Foundation

/// `gust new`: writes a package with an application.
struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Writes a package that builds and passes its tests: pages, files, sessions, a Socket.IO endpoint.",
        discussion: "Nothing is overwritten: the directory must not exist, or be empty."
    )

    @Argument(help: "The name of the package, of its executable and of its module.")
    var name: String

    @Option(name: .long, help: "The directory; the name of the package in this directory by default.")
    var path: String?

    @Option(name: .long, help: "The path of a copy of Gust, or its URL; the copy with this command by default.")
    var gust: String?

    @Option(name: .long, help: "The least version of Gust, if it has a URL.")
    var from = "0.2.0"

    func run() throws {
        let name = try PackageName(name)
        let directory = URL(filePath: path ?? name.text)
        let dependency = try GustDependency(gust, version: from)
        try NewPackage(name: name, dependency: dependency).write(to: directory)
        print(
            """
            \(name.text) is in \(directory.path). Now:

                cd \(directory.path)
                swift test
                swift run gust serve --watch

            The first build takes some minutes.
            """
        )
        if dependency.isPath {
            print("Gust is a directory of this machine in Package.swift; the Dockerfile needs its URL there.")
        }
    }
}
