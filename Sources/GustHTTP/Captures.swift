/// The text that the groups of a route's patterns matched in host and path, by name or by number, percent-decoded once.
///
/// The groups of the host pattern come first, then those of the path pattern, which includes the prefixes of route groups and
/// mounts. Groups are in the order of their opening parentheses. Nothing is copied or decoded until a capture is read.
///
/// ```swift
/// app.get(#"/(?P<year>\d{4})/([a-z]+)"#) { request in
///     "\(request.captures["year"] ?? "") \(request.captures[0] ?? "")"
/// }
/// ```
///
/// `@unchecked Sendable`: the object that holds the groups changes only while one value refers to it, or while only the thread that
/// made it refers to it (`markFresh`).
public struct Captures: @unchecked Sendable {
    /// The offsets in bytes at which the text of a group begins and ends.
    package struct Bounds: Sendable {
        var start: UInt32
        var end: UInt32

        /// The bounds of a group that didn't participate in the match.
        package static let absent = Bounds(start: 1, end: 0)

        /// Bounds within the first 4 GiB of the text, with `start` at or before `end`.
        package init(_ start: Int, _ end: Int) {
            self.init(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
        }

        private init(start: UInt32, end: UInt32) {
            self.start = start
            self.end = end
        }

        var isAbsent: Bool { start > end }

        func moved(by distance: Int) -> Bounds { isAbsent ? self : Bounds(Int(start) + distance, Int(end) + distance) }
    }

    /// The names and the text of all groups.
    private struct Groups {
        let names: [String?]
        /// The route whose pattern has the groups, or the router of a request that isn't routed yet; nil for captures that belong to
        /// neither.
        var route: RouteDescription?
        /// The text that contains the groups, in the form that patterns match: `%2F` and `%25` are still encoded.
        let text: String
    }

    /// The names and text, followed by the bounds of each group; nil if there are no groups.
    ///
    /// All is in one object, so that a copy of a request copies one reference for its captures.
    private var groups: ManagedBuffer<Groups, Bounds>?

    /// The route that has matched; nil before routing.
    package var route: RouteDescription? {
        guard let route = read({ $0.route }) ?? nil, route.isRoute else { return nil }
        return route
    }

    /// Builds URLs of the router that has the request; nil outside of a router.
    package var urls: (any RouteURLs)? { groups?.header.route?.urls }

    /// A part of the groups; nil if there are none.
    ///
    /// These reads are part of every request, so their exclusivity isn't checked at run time. The pointer is valid during the call, in which
    /// `body` reads one property, and nothing changes the groups at that time: see the type.
    private func read<Value>(_ body: (borrowing Groups) -> Value) -> Value? {
        groups?.withUnsafeMutablePointerToHeader { body($0.pointee) }
    }

    private var names: [String?] { read { $0.names } ?? [] }

    /// Makes empty captures.
    package init() { groups = nil }

    /// Makes captures of names and values in the order of the groups.
    ///
    /// An unnamed group has the name nil. A group that didn't participate in the match has the value nil.
    package init(_ groups: [(name: String?, value: String?)]) {
        var text = ""
        var bounds: [Bounds] = []
        for (_, value) in groups {
            let start = text.utf8.count
            if let value { text += Self.escapingPercent(value) }
            bounds.append(value == nil ? .absent : Bounds(start, text.utf8.count))
        }
        self.init(names: groups.map(\.name), text: text, bounds: bounds)
    }

    /// Makes captures that are parts of `text`.
    ///
    /// `names` and `bounds` must have the same length, and bounds must be at boundaries of UTF-8 characters.
    package init(names: [String?], text: String, bounds: some Collection<Bounds>) {
        self.init(names: names, text: text) { _ = $0.initialize(from: bounds) }
    }

    /// Makes captures that are parts of `text`, whose bounds the closure `initialize` initialises.
    ///
    /// The closure must initialise as many bounds as there are names, each at boundaries of UTF-8 characters.
    package init(names: [String?], text: String, initialize: (UnsafeMutableBufferPointer<Bounds>) -> Void) {
        guard !names.isEmpty else {
            self.init()
            return
        }
        self.init(allocating: names, text: text, initialize: initialize)
    }

    /// Makes captures without groups that belong to a route; made once for each route.
    package init(of route: RouteDescription) {
        self.init(allocating: [], text: "") { _ in }
        groups?.header.route = route
    }

    private init(
        allocating names: [String?],
        text: String,
        initialize: (UnsafeMutableBufferPointer<Bounds>) -> Void
    ) {
        groups = .create(minimumCapacity: names.count) { buffer in
            buffer.withUnsafeMutablePointerToElements {
                initialize(UnsafeMutableBufferPointer(start: $0, count: names.count))
            }
            return Groups(names: names, route: nil, text: text)
        }
    }

    /// Sets the route of captures that a match has just made, also for all copies of them, without allocating.
    ///
    /// The caller is on the thread that made the captures, and hasn't handed them to another one. Captures that already have a route are
    /// unchanged.
    package func markFresh(_ route: RouteDescription) {
        // As in `read`, besides that this thread may change the header, because it has made the object.
        groups?.withUnsafeMutablePointerToHeader { header in
            if header.pointee.route == nil { header.pointee.route = route }
        }
    }

    /// Sets the route that has matched; allocates only if another value refers to the groups.
    package mutating func setRoute(_ route: RouteDescription) {
        guard !isEmpty else {
            self = Captures(of: route)
            return
        }
        if !isKnownUniquelyReferenced(&groups) { self = Captures(names: names, text: text, bounds: bounds) }
        groups?.header.route = route
    }

    /// The text of the group called `name`; nil if there is no such group or if the group didn't participate in the match.
    ///
    /// If several groups have the name, the first that participated in the match counts.
    public subscript(name: String) -> String? {
        // As in `read`: the pointers are valid during the call, and there are as many bounds as names.
        groups?.withUnsafeMutablePointers { header, bounds in
            for index in 0..<header.pointee.names.count
            where header.pointee.names[index]?.hasSameBytes(as: name) == true && !bounds[index].isAbsent {
                return Self.value(bounds[index], of: header.pointee.text)
            }
            return nil
        } ?? nil
    }

    /// The text of the unnamed group number `index`, counted from 0 among the unnamed groups.
    ///
    /// The text is nil if there is no such group or if the group didn't participate in the match.
    public subscript(index: Int) -> String? {
        var remaining = index
        for group in names.indices where names[group] == nil {
            if remaining == 0 { return value(group) }
            remaining -= 1
        }
        return nil
    }

    /// The texts of the named groups that participated in the match, by name.
    public var named: [String: String] {  // bytes: names are those of groups in our own patterns
        var result: [String: String] = [:]  // bytes: as above
        for index in names.indices {
            if let name = names[index], result[name] == nil, let value = value(index) { result[name] = value }
        }
        return result
    }

    /// The texts of the unnamed groups in order.
    package var unnamed: [String?] { names.indices.filter { names[$0] == nil }.map(value) }

    /// The names and texts of all groups in order.
    package var all: [(name: String?, value: String?)] { names.indices.map { (names[$0], value($0)) } }

    /// Whether the patterns have no groups.
    package var isEmpty: Bool { read { $0.names.isEmpty } ?? true }

    /// The number of groups.
    package var count: Int { names.count }

    /// The text of group number `index`, counted from 0 among all groups; nil if it didn't participate in the match.
    package func value(_ index: Int) -> String? {
        guard let bounds = bounds(of: index), !bounds.isAbsent else { return nil }
        return Self.value(bounds, of: text)
    }

    /// The decoded text of a group that participated in the match.
    private static func value(_ bounds: Bounds, of text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            PercentEncoding.decodeCapture(UnsafeBufferPointer(rebasing: bytes[Int(bounds.start)..<Int(bounds.end)]))
        }
    }

    /// These captures after those of an outer pattern (a mount or a host).
    package func prepending(_ outer: Captures) -> Captures {
        if outer.isEmpty { return self }
        if isEmpty { return outer }
        let distance = outer.text.utf8.count
        return Captures(
            names: outer.names + names,
            text: outer.text + text,
            bounds: outer.bounds + bounds.map { $0.moved(by: distance) }
        )
    }

    /// The undecoded text of the last group; nil if it didn't participate in the match.
    package var lastText: String? {
        guard let bounds = bounds(of: count - 1), !bounds.isAbsent else { return nil }
        var text = text
        return text.withUTF8 { String(decoding: $0[Int(bounds.start)..<Int(bounds.end)], as: UTF8.self) }
    }

    /// The undecoded text of the last group and the captures before it; nil if the group didn't participate in the match.
    package var splittingLast: (rest: Substring, captures: Captures)? {
        guard let rest = slice(count - 1) else { return nil }
        return (rest, Captures(names: names.dropLast(), text: text, bounds: bounds.dropLast()))
    }

    private static func key(_ text: String?) -> ByteText? { text.map { ByteText($0) } }

    private static func escapingPercent(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        return String(decoding: text.utf8.flatMap { $0 == UInt8(ascii: "%") ? Array("%25".utf8) : [$0] }, as: UTF8.self)
    }

    private var text: String { read { $0.text } ?? "" }

    private var bounds: [Bounds] { (0..<count).compactMap(bounds(of:)) }

    /// The bounds of group number `index` among all groups; nil if there is no such group.
    private func bounds(of index: Int) -> Bounds? {
        // As in `read`: the pointers are valid during the call, and there are as many bounds as names.
        groups?.withUnsafeMutablePointers { header, bounds in
            header.pointee.names.indices.contains(index) ? bounds[index] : nil
        } ?? nil
    }

    /// The undecoded text of a group; nil if it didn't participate in the match.
    private func slice(_ index: Int) -> Substring? {
        guard let bounds = bounds(of: index), !bounds.isAbsent else { return nil }
        let start = text.utf8.index(text.startIndex, offsetBy: Int(bounds.start))
        return text[start..<text.utf8.index(start, offsetBy: Int(bounds.end - bounds.start))]
    }

    /// Whether both have groups with the same names and decoded texts, compared by bytes.
    package static func == (left: Captures, right: Captures) -> Bool {
        left.names.map(Self.key) == right.names.map(Self.key)
            && left.names.indices.allSatisfy { key(left.value($0)) == key(right.value($0)) }
    }
}
