import GustHTTP

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The directory of the templates.
struct TemplateDirectory: Sendable {
    /// The state of a directory: the paths, sizes and dates of its templates.
    struct Stamp: Sendable, Equatable {
        private var entries: [Entry] = []

        private struct Entry: Sendable, Equatable {
            let path: ByteText
            let size: Int
            let modified: Date
        }

        fileprivate mutating func add(_ path: String, _ attributes: [FileAttributeKey: Any]) {
            let size = attributes[.size] as? Int ?? 0
            let modified = attributes[.modificationDate] as? Date ?? .distantPast
            entries.append(Entry(path: ByteText(path), size: size, modified: modified))
        }
    }

    static let ending = ".mustache"

    let path: String

    /// The state of the directory now; blocks the thread.
    func stamp() throws(TemplateError) -> Stamp {
        try reading {
            var stamp = Stamp()
            for name in try templates() {
                stamp.add(name, try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)"))
            }
            return stamp
        }
    }

    /// Reads all templates in the directory and its subdirectories; blocks the thread.
    func sources() throws(TemplateError) -> [TemplateSource] {
        try reading {
            try templates().map { name in
                let bytes = [UInt8](try Data(contentsOf: URL(filePath: path).appending(path: name)))
                let file = "\(path)/\(name)"
                guard String(validating: bytes, as: UTF8.self) != nil else {
                    throw TemplateError(.malformed, "\(file) is not UTF-8")
                }
                let template = String(Substring(name.utf8.dropLast(Self.ending.utf8.count)))
                return TemplateSource(name: template, file: file, bytes: bytes)
            }
        }
    }

    private func templates() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.hasByteSuffix(Self.ending) }.sorted()
    }

    private func reading<Result>(_ read: () throws -> Result) throws(TemplateError) -> Result {
        guard FileManager.default.fileExists(atPath: path) else {
            throw TemplateError(.unreadable, "there is no directory \(path) to read templates from")
        }
        do {
            return try read()
        } catch let error as TemplateError {
            throw error
        } catch {
            throw TemplateError(.unreadable, "the templates in \(path) can't be read: \(error)")
        }
    }
}
