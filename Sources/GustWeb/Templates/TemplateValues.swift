import GustHTTP
import Mustache

/// The values of one page, as the outermost context in which the library looks up names.
///
/// Must only be used by the call that renders the page.
final class TemplateValues: MustacheParent {
    private let values: [String: any Sendable]  // bytes: names in our own templates
    /// The first name that was looked up and not found, neither here nor in a section around the tag.
    private(set) var unknownName: String?

    init(_ values: [String: any Sendable]) { self.values = values }

    /// The names of all values, for an error message.
    var hint: String {
        values.isEmpty
            ? "there are no values" : "there are only: " + values.keys.sorted().joined(separator: ", ")
    }

    /// The value called `named`; nil if there is no such value or it is an empty optional.
    func child(named: String) -> Any? {
        guard let value = values[named] else {
            unknownName = unknownName ?? named
            return nil
        }
        if let optional = value as? any Absent, optional.isAbsent { return nil }
        return value
    }
}

/// A type that may hold no value, even inside `any Sendable`.
private protocol Absent {
    var isAbsent: Bool { get }
}

extension Optional: Absent {
    fileprivate var isAbsent: Bool {
        if case .none = self { return true }
        return false
    }
}
