import Foundation

/// The package of an application, as SwiftPM describes it.
struct ApplicationPackage {
    /// The part of `swift package describe --type json` that is used.
    private struct Description: Decodable {
        struct Target: Decodable {
            let name: String
            let type: String
            let path: String
        }

        struct Product: Decodable {
            let name: String
            let type: [String: [String]?]  // bytes: names of SwiftPM
            let targets: [String]
        }

        struct Dependency: Decodable {
            let path: String?
        }

        let path: String
        let targets: [Target]
        let products: [Product]
        let dependencies: [Dependency]
    }

    /// The directory of the manifest.
    let root: String
    /// The names of the executable products.
    let executables: [String]
    /// The directories of all targets but those of tests, below the root.
    let sources: [String]
    /// The directories of packages beside this one that it depends on.
    let localDependencies: [String]

    /// Asks SwiftPM about the package in the working directory, or above it.
    ///
    /// - Throws: ``CommandError`` if there is none, or SwiftPM refuses it.
    static func find() throws -> ApplicationPackage {
        let output = try ProcessOutput(maximumLines: 1_000_000)
        let process = try output.start(["swift", "package", "describe", "--type", "json"], errors: 2)
        while output.isOpen {
            var state = pollfd(fd: output.reading, events: Int16(POLLIN), revents: 0)
            poll(&state, 1, 1_000)
            output.read()
        }
        process.wait()
        guard process.hasSucceeded else {
            throw CommandError("SwiftPM can't read the package; see above")
        }
        // The text may have lines of SwiftPM before it.
        let text = output.lines.drop { !$0.utf8.starts(with: "{".utf8) }.joined(separator: "\n")
        do {
            return ApplicationPackage(try JSONDecoder().decode(Description.self, from: Data(text.utf8)))
        } catch {
            throw CommandError("the description of the package has another form than expected: \(error)")
        }
    }

    private init(_ description: Description) {
        root = description.path
        executables = description.products.filter { $0.type["executable"] != nil }.map(\.name)
        sources = description.targets.filter { $0.type != "test" }.map(\.path)
        localDependencies = description.dependencies.compactMap(\.path)
    }

    /// The executable to run.
    ///
    /// - Parameter name: The name that was asked for; nil if the package has only one.
    /// - Returns: The name of its product.
    /// - Throws: ``CommandError`` if there is no such executable, or several and no name.
    func executable(_ name: String?) throws -> String {
        let list = executables.sorted().joined(separator: ", ")
        if let name {
            guard executables.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                throw CommandError(
                    "the package has no executable \(name); it has: \(list.isEmpty ? "none" : list)"
                )
            }
            return name
        }
        guard let only = executables.first else {
            throw CommandError("the package in \(root) has no executable")
        }
        guard executables.count == 1 else {
            throw CommandError("choose an executable by --product: \(list)")
        }
        return only
    }
}
