import GustHTTP
import HTTPTypes

/// The page that answers navigation to paths for which there is no file, for applications of one page.
///
/// ```swift
/// app.get("/(?P<path>.*)", use: .files("dist", fallback: "index.html"))
/// ```
/// A request gets the page if its method is `GET` or `HEAD`, if its `Accept` has `text/html` (browsers send it for navigation only), if the
/// last component of its path has no dot, and if the path isn't excepted. So a missing script, image or part of an API is still 404.
public struct FallbackPage: Sendable, ExpressibleByStringLiteral {
    let path: String
    private let exceptions: [PathGlob]
    /// The reason why a pattern of ``exceptions`` can't be used; nil if all can.
    let mistake: String?

    /// Makes a page.
    ///
    /// - Parameters:
    ///   - path: The path of the file below the directory.
    ///   - exceptions: Patterns of paths that stay 404, as in the rules for caching. `"api/**"` also excepts `api` itself.
    public init(_ path: String, except exceptions: [String] = ["api/**"]) {
        self.path = path
        var read: [PathGlob] = []
        var mistake: String?
        for text in exceptions {
            do throws(PathGlob.Mistake) {
                read.append(try PathGlob(text))
            } catch {
                mistake = mistake ?? error.reason
            }
        }
        self.exceptions = read
        self.mistake = mistake
    }

    /// Makes a page of its path, with the usual exceptions.
    public init(stringLiteral value: String) { self.init(value) }

    /// Whether this page stands for a path without a file.
    func stands(for path: String) -> Bool {
        guard let parsed = FilePath(path), parsed.components.last?.utf8.contains(UInt8(ascii: ".")) != true else {
            return false
        }
        let text = parsed.components.joined(separator: "/")
        return !exceptions.contains { $0.matches(text) || $0.matches(text + "/") }
    }

    /// Whether a request is the navigation of a browser.
    func isWanted(by request: Request) -> Bool {
        guard let accept = request.headers.joinedValues(of: "accept") else { return false }
        return accept.listElements().contains { element in
            let parts = element.listElements(separator: UInt8(ascii: ";"))
            guard parts.first?.equalsIgnoringASCIICase("text/html") == true else { return false }
            return !parts.dropFirst().contains { $0.equalsIgnoringASCIICase("q=0") }
        }
    }
}
