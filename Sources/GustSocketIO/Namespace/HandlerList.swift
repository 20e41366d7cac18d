/// Handlers of one kind in the order of registration, each with the token by which it can be removed.
///
/// Most lists have one handler, which takes no memory of its own.
struct HandlerList<Body: Sendable>: Sendable {
    /// One handler with its token.
    typealias Entry = (token: HandlerToken, body: Body)

    private enum Entries: Sendable {
        case none
        case one(Entry)
        case many([Entry])
    }

    private var entries = Entries.none

    mutating func add(_ token: HandlerToken, _ body: Body) {
        switch entries {
        case .none: entries = .one((token, body))
        case .one(let first): entries = .many([first, (token, body)])
        case .many(var all):
            // Emptied meanwhile, so that the array is appended to in place.
            entries = .none
            all.append((token, body))
            entries = .many(all)
        }
    }

    mutating func remove(_ token: HandlerToken) {
        switch entries {
        case .none: break
        case .one(let entry): if entry.token == token { entries = .none }
        case .many(let all): self = HandlerList(all.filter { $0.token != token })
        }
    }

    init() {}

    private init(_ all: [Entry]) {
        switch all.count {
        case 0: entries = .none
        case 1: entries = .one(all[0])
        default: entries = .many(all)
        }
    }
}

extension HandlerList: RandomAccessCollection {
    var startIndex: Int { 0 }

    var endIndex: Int {
        switch entries {
        case .none: 0
        case .one: 1
        case .many(let all): all.count
        }
    }

    subscript(position: Int) -> Entry {
        switch entries {
        // As by an array: the collection is empty, so that any index is a mistake of this module.
        case .none: preconditionFailure("an index is less than the count")
        case .one(let entry): entry
        case .many(let all): all[position]
        }
    }
}
