import ArgumentParser

/// The options of commands that build the application.
struct BuildOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The executable of the package to run; needed if the package has several."
    )
    var product: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Arguments for `swift build`, such as \"-c release --traits TLS\"; divided at spaces."
    )
    var buildArguments: String = ""

    /// The command that builds a product, with further arguments.
    func build(_ arguments: [String]) -> [String] {
        ["swift", "build"]
            + buildArguments.utf8.split(separator: UInt8(ascii: " ")).map {
                String(decoding: $0, as: UTF8.self)
            }
            + arguments
    }
}
