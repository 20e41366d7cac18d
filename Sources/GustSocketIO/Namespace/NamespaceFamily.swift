import GustHTTP
import GustRouting
import GustWire
import Synchronization

/// Namespaces that are made on demand, with common middleware and handlers; `SocketIO.namespaces(where:)` and
/// ``SocketIO/namespaces(matching:)`` declare one.
///
/// When a client joins a name that has no namespace, the families are asked in the order of their declaration, and the first
/// that accepts the name makes the namespace. The namespace is removed when its last socket leaves. A name that the program
/// looks up by ``SocketIO/subscript(_:)`` is made in the same way, but stays, and only the families that answer at once are
/// asked. The namespace `/` belongs to no family.
///
/// A broadcast to a family reaches all its namespaces that this process has at that moment, each through its own adapter:
///
/// ```swift
/// let rooms = io.namespaces { $0.hasPrefix("/room-") }
/// rooms.to("moderators").emit("notice", "maintenance at noon")
/// ```
///
/// `@unchecked Sendable`: repeated from the base class; all stored properties are constants that are `Sendable`.
public final class NamespaceFamily: SocketScope, @unchecked Sendable {
    /// How a family decides whether a name belongs to it.
    enum Rule: Sendable {
        case name(@Sendable (String) -> Bool)
        case pattern(Pattern)
        case question(@Sendable (String, JSONSlice?) async throws -> Bool)
    }

    /// A family that has accepted a name.
    struct Member {
        let family: NamespaceFamily
        let captures: Captures
    }

    /// The answer of a family to a name.
    enum Answer {
        case accepted(Member)
        case refused
        /// The client has to wait until the question is answered.
        case asks
    }

    private let rule: Rule
    private let children = Mutex<[ByteText: Namespace]>([:])
    private let openQuestions = Atomic<Int>(0)

    init(_ rule: Rule, io: SocketIO) {
        self.rule = rule
        super.init(io: io)
    }

    override func forEachNamespace(_ body: (Namespace) -> Void) { namespaces.forEach(body) }

    /// The namespaces of the family that exist now, in no particular order.
    public var namespaces: [Namespace] { children.withLock { Array($0.values) } }

    /// Adds a namespace; called under the lock of the registry.
    func add(_ namespace: Namespace) { children.withLock { $0[ByteText(namespace.name)] = namespace } }

    /// Removes a namespace; called under the lock of the registry.
    func remove(_ namespace: Namespace) { children.withLock { $0[ByteText(namespace.name)] = nil } }

    /// The name under which the namespaces of the family are measured: the pattern, if there is one.
    var label: String {
        if case .pattern(let pattern) = rule { pattern.text } else { EventLabel.dynamic }
    }

    /// Whether a name belongs to the family.
    func answer(to name: String) -> Answer {
        switch rule {
        case .name(let matches): matches(name) ? .accepted(Member(family: self, captures: Captures())) : .refused
        case .pattern(let pattern):
            pattern.match(name.escapingPercent).map { .accepted(Member(family: self, captures: $0)) } ?? .refused
        case .question: .asks
        }
    }

    // MARK: Questions

    /// The closure that is asked for each client; nil if the family answers at once.
    var question: (@Sendable (String, JSONSlice?) async throws -> Bool)? {
        if case .question(let body) = rule { body } else { nil }
    }

    /// Counts one more question that is being answered; false if there are too many.
    func beginQuestion() -> Bool {
        guard openQuestions.wrappingAdd(1, ordering: .relaxed).newValue > io.settings.maximumNamespaceQuestions else {
            return true
        }
        endQuestion()
        return false
    }

    /// Counts a question whose closure has returned, whether or not its client is still there.
    func endQuestion() { openQuestions.wrappingSubtract(1, ordering: .relaxed) }

    /// How many questions are being answered.
    var questionCount: Int { openQuestions.load(ordering: .relaxed) }
}

extension String {
    /// The text as a pattern expects it: a percent sign is written `%25`, as in a path.
    fileprivate var escapingPercent: String {
        let percent = UInt8(ascii: "%")
        guard utf8.contains(percent) else { return self }
        return String(decoding: utf8.flatMap { $0 == percent ? Array("%25".utf8) : [$0] }, as: UTF8.self)
    }
}
