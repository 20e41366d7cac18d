import GustHTTP
import Mustache

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The compiled templates of a directory, as they were at one time.
struct TemplateLibrary: Sendable {
    private let library: MustacheLibrary
    /// The names of the templates, sorted.
    let names: [String]
    /// The links to routes in the templates.
    let links: TemplateLinks
    /// The partials and layouts that each template names.
    private let partials: [String: [String]]  // bytes: names of our own templates

    /// Reads and compiles all `.mustache` files in `directory` and its subdirectories; blocks the thread.
    init(directory: String) throws(TemplateError) {
        let sources = try Self.sources(in: directory)
        ScalarEscaping.registration
        var library = MustacheLibrary()
        var links = TemplateLinks()
        for (name, source) in sources {
            let file = "\(directory)/\(name)\(Self.ending)"
            let replaced = try links.replaceTags(in: source, of: name, file: file)
            library.register(try Self.compile(replaced, file: file), named: name)
        }
        self.library = library
        self.links = links
        names = sources.keys.sorted()
        partials = sources.mapValues(Self.mentions)
        for name in names {
            // The library renders a missing partial as empty text, so the mistake would go unnoticed.
            for mention in partials[name] ?? [] where sources[mention] == nil {
                throw TemplateError(
                    .unknown,
                    "\(directory)/\(name)\(Self.ending) names the template \"\(mention)\", \(hint)"
                )
            }
        }
    }

    /// The names of the routes to which a template links, also in its partials and layouts.
    func linkedRoutes(of name: String) -> [String] {
        var routes: [String] = []
        var waiting = [name]
        var known: Set<String> = []  // bytes: names of our own templates
        while let next = waiting.popLast() {
            guard known.insert(next).inserted else { continue }
            routes += links.names[next] ?? []
            waiting += partials[next] ?? []
        }
        return routes
    }

    /// The list of all templates, to be appended to an error message.
    var hint: String {
        names.isEmpty ? "but there are none" : "but there are only: " + names.joined(separator: ", ")
    }

    /// Renders a template with values; nil if there is no such template.
    func render(_ name: String, _ values: any MustacheParent) -> String? {
        library.render(values, withTemplate: name)
    }

    private static let ending = ".mustache"

    private static func sources(in directory: String) throws(TemplateError) -> [String: String] {
        guard FileManager.default.fileExists(atPath: directory) else {
            throw TemplateError(.unreadable, "there is no directory \(directory) to read templates from")
        }
        do {
            var sources: [String: String] = [:]  // bytes: names of our own templates
            for path in try FileManager.default.subpathsOfDirectory(atPath: directory)
            where path.hasByteSuffix(ending) {
                let data = try Data(contentsOf: URL(filePath: directory).appending(path: path))
                guard let text = String(validating: data, as: UTF8.self) else {
                    throw TemplateError(.malformed, "\(directory)/\(path) is not UTF-8")
                }
                sources[String(Substring(path.utf8.dropLast(ending.utf8.count)))] = text
            }
            return sources
        } catch let error as TemplateError {
            throw error
        } catch {
            throw TemplateError(.unreadable, "the templates in \(directory) can't be read: \(error)")
        }
    }

    private static func compile(
        _ source: String,
        file: String
    ) throws(TemplateError)
        -> MustacheTemplate
    {
        do {
            // A pragma on its own line renders as empty text.
            return try MustacheTemplate(string: ScalarEscaping.pragma + "\n" + source)
        } catch let error as MustacheTemplate.ParserError {
            let context = error.context
            let marker = String(repeating: " ", count: max(0, context.columnNumber - 1)) + "^"
            throw TemplateError(
                .malformed,
                "\(file):\(context.lineNumber - 1):\(context.columnNumber): \(error.error)\n\(context.line)\n\(marker)"
            )
        } catch {
            throw TemplateError(.malformed, "\(file): \(error)")
        }
    }

    /// The names after `{{>` and `{{<`, without those that are chosen at run time (`{{> *name}}`).
    ///
    /// Empty for a template that changes the delimiters.
    private static func mentions(in source: String) -> [String] {
        guard !source.utf8.contains("{{=".utf8) else { return [] }
        var mentions: [String] = []
        var rest = source[...]
        while let opening = rest.utf8.firstRange(of: "{{".utf8) {
            rest = rest[opening.upperBound...]
            guard let closing = rest.utf8.firstRange(of: "}}".utf8) else { break }
            let tag = rest[..<closing.lowerBound].utf8.drop(while: \.isBlank)
            if tag.first == UInt8(ascii: ">") || tag.first == UInt8(ascii: "<") {
                let name = tag.dropFirst().drop(while: \.isBlank).prefix { !$0.isBlank }
                if let first = name.first, first != UInt8(ascii: "*") { mentions.append(String(Substring(name))) }
            }
            rest = rest[closing.upperBound...]
        }
        return mentions
    }
}
