/// What a route's pattern captured from the path: named and unnamed groups, both at once, each percent-decoded once.
///
/// ```swift
/// app.get(#"/(?P<year>\d{4})/([a-z]+)"#) { request in
///     "\(request.captures["year"] ?? "") \(request.captures[0] ?? "")"
/// }
/// ```
public struct Captures: Sendable, Hashable {
    private var names: [String?]
    private var values: [String?]

    /// No captures.
    public init() {
        names = []
        values = []
    }

    /// Captures in the order of their groups; the name of an unnamed group is nil, the value of one that took no
    /// part in the match is nil.
    public init(_ groups: [(name: String?, value: String?)]) {
        names = groups.map(\.name)
        values = groups.map(\.value)
    }

    /// Captures whose names are shared by all matches of one pattern; `names` and `values` have the same length.
    package init(names: [String?], values: [String?]) {
        self.names = names
        self.values = values
    }

    /// The text of the group called `name`; nil if there is no such group or it took no part in the match.
    public subscript(name: String) -> String? {
        for index in names.indices where names[index] == name {
            if let value = values[index] { return value }
        }
        return nil
    }

    /// The text of the unnamed group number `index`, counted from 0 among the unnamed ones.
    ///
    /// nil if there are fewer, or if the group took no part in the match.
    public subscript(index: Int) -> String? {
        var remaining = index
        for group in names.indices where names[group] == nil {
            if remaining == 0 { return values[group] }
            remaining -= 1
        }
        return nil
    }

    /// The named groups that took part in the match.
    public var named: [String: String] {
        var result: [String: String] = [:]
        for (name, value) in zip(names, values) {
            if let name, let value, result[name] == nil { result[name] = value }
        }
        return result
    }

    /// The unnamed groups in order.
    public var unnamed: [String?] {
        zip(names, values).compactMap { name, value in name == nil ? .some(value) : nil }
    }

    /// All groups in order, named and unnamed.
    public var all: [(name: String?, value: String?)] { Array(zip(names, values)) }

    /// Whether the pattern has no groups.
    public var isEmpty: Bool { names.isEmpty }

    /// These captures with those of an outer pattern (a mount, a host) in front.
    package func prepending(_ outer: Captures) -> Captures {
        outer.isEmpty ? self : Captures(names: outer.names + names, values: outer.values + values)
    }
}
