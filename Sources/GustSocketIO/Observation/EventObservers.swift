import Synchronization

/// Who observes how received events are handled; nobody by default, so that an event costs one relaxed load.
final class EventObservers: Sendable {
    /// The kinds of observers.
    struct Kinds: OptionSet, Sendable {
        let rawValue: UInt8

        /// ``HandlerTimes`` that are watched.
        static let handlerTimes = Kinds(rawValue: 1)
    }

    private let kinds = Atomic<UInt8>(0)

    /// Whether nobody observes events.
    var isEmpty: Bool { kinds.load(ordering: .relaxed) == 0 }

    /// Whether all observers of `kind` are there.
    func contains(_ kind: Kinds) -> Bool { Kinds(rawValue: kinds.load(ordering: .relaxed)).isSuperset(of: kind) }

    func insert(_ kind: Kinds) { kinds.bitwiseOr(kind.rawValue, ordering: .relaxed) }

    func remove(_ kind: Kinds) { kinds.bitwiseAnd(~kind.rawValue, ordering: .relaxed) }
}
