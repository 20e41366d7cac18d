import Foundation

/// The files of a new package, made of those in `Template`.
struct NewPackage {
    /// Names in the template that files and directories have otherwise.
    private static let otherNames = ["gitignore": ".gitignore", "dockerignore": ".dockerignore"]
    private static let sample = "HelloGust"

    let name: PackageName
    let dependency: GustDependency

    /// Writes the files into a new directory, or an empty one.
    ///
    /// - Throws: ``CommandError`` if the directory has files, or can't be written.
    func write(to directory: URL) throws {
        let files = FileManager.default
        if let entries = try? files.contentsOfDirectory(atPath: directory.path) {
            guard entries.isEmpty else {
                throw CommandError("\(directory.path) isn't empty, and nothing in it is overwritten")
            }
        } else if files.fileExists(atPath: directory.path) {
            throw CommandError("\(directory.path) exists, and is no directory that can be read")
        }
        do {
            for (path, text) in try contents() {
                let file = directory.appending(path: path)
                try files.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file, options: .withoutOverwriting)
            }
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError("can't write \(directory.path): \(error.localizedDescription)")
        }
    }

    /// The texts of all files by their paths.
    func contents() throws -> [(path: String, text: String)] {
        let template = try Self.template()
        guard let paths = FileManager.default.enumerator(atPath: template.path) else {
            throw CommandError("can't read the template in \(template.path)")
        }
        var contents: [(path: String, text: String)] = []
        for case let path as String in paths {
            let file = template.appending(path: path)
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            contents.append(
                (
                    Self.otherNames[path] ?? replaced(path, isSwift: false),
                    replaced(text, isSwift: file.pathExtension == "swift")
                )
            )
        }
        return contents.sorted { $0.path < $1.path }
    }

    /// The text with the names of this package.
    private func replaced(_ text: String, isSwift: Bool) -> String {
        var text = text
        if isSwift {
            text = text.replacing("@testable import \(Self.sample)", with: "@testable import \(name.module)")
            text = text.replacing(".package(name: \"gust\", path: \"GustDependency\")", with: dependency.manifestText)
        }
        return text.replacing("GustAddress", with: dependency.address)
            .replacing(Self.sample, with: name.text)
    }

    /// The directory of the template: a resource of this program.
    private static func template() throws -> URL {
        guard let url = Bundle.module.url(forResource: "Template", withExtension: nil) else {
            throw CommandError("the template is missing beside this program: build it again")
        }
        return url
    }
}
