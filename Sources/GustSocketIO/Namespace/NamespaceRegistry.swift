import GustHTTP
import Synchronization

/// The namespaces of one server by name, and the families.
///
/// A name has at most one namespace, whoever has asked for it first. Namespaces are made and closed under one lock, so that the
/// adapter of a namespace that is removed leaves its cluster before the adapter of the next one of that name joins. Looking a
/// namespace up takes another lock, and doesn't wait for adapters. No lock is held while a family is asked.
final class NamespaceRegistry: Sendable {
    private struct State {
        var namespaces: [ByteText: Namespace] = [:]
        var families: [NamespaceFamily] = []
        /// The number of namespaces that were made for clients.
        var dynamicCount = 0
    }

    /// The result of a client's CONNECT.
    enum Entrance {
        /// The namespace, retained for a socket; the caller balances this with ``Namespace/release()``.
        case namespace(Namespace)
        /// The first of these families has to be asked, the others if it refuses.
        case question(ArraySlice<NamespaceFamily>)
    }

    private let state = Mutex(State())
    /// Held while a namespace is made or closed; never taken under `state`.
    private let making = Mutex(())
    private let handlers = Mutex(HandlerList<NamespaceHandlers>())
    private let events = OrderedEvents<NamespaceEvent>()

    // MARK: Looking up

    /// The namespace called `name`; nil if there is none now.
    func existing(_ name: String) -> Namespace? { state.withLock { $0.namespaces[ByteText(name)] } }

    /// All namespaces.
    var all: [Namespace] { state.withLock { Array($0.namespaces.values) } }

    /// The namespace called `name`, made if there is none.
    ///
    /// A namespace that is made here stays. The first family that accepts the name at once is its family.
    func namespace(_ name: String, of io: SocketIO) -> Namespace {
        if let known = existing(name) { return known }
        var member: NamespaceFamily.Member?
        for family in name == "/" ? [] : state.withLock({ $0.families }) where member == nil {
            if case .accepted(let accepted) = family.answer(to: name) { member = accepted }
        }
        let namespace = making.withLock { _ in
            existing(name) ?? insert(Namespace(name: name, io: io, origin: member))
        }
        deliver()
        return namespace
    }

    // MARK: Clients

    /// The namespace called `name` for a client, or the families that have to be asked first.
    ///
    /// - Parameters:
    ///   - name: the name that the client has sent.
    ///   - io: the server.
    ///   - families: the families that may be asked; nil for all.
    ///   - allowsDynamic: whether the client may join one more dynamic namespace.
    /// - Returns: the namespace, retained; or a question.
    /// - Throws: the error for the client if there is no such namespace, or a bound of dynamic namespaces is reached.
    func enter(
        _ name: String,
        of io: SocketIO,
        families: ArraySlice<NamespaceFamily>? = nil,
        allowsDynamic: Bool
    ) throws(ConnectError) -> Entrance {
        if name == "/" {
            let root = namespace(name, of: io)
            root.retain()
            return .namespace(root)
        }
        guard name.utf8.count <= io.settings.maximumNameLength else { throw .invalidNamespace }
        let (entrance, all) = try state.withLock { state throws(ConnectError) -> (Entrance?, [NamespaceFamily]) in
            guard let known = state.namespaces[ByteText(name)] else { return (nil, state.families) }
            // The answer depends on the client, so that each client is asked about, also if the namespace exists.
            if let family = known.family, family.question != nil {
                guard families == nil else { throw .invalidNamespace }
                guard allowsDynamic else { throw .tooManyNamespaces }
                return (.question([family]), [])
            }
            return (.namespace(try retain(known, allowsDynamic)), [])
        }
        if let entrance { return entrance }
        let asked = families ?? all[...]
        for index in asked.indices {
            switch asked[index].answer(to: name) {
            case .accepted(let member): return .namespace(try enter(name, of: member, allowsDynamic: allowsDynamic))
            case .asks:
                guard allowsDynamic else { throw .tooManyNamespaces }
                return .question(asked[index...])
            case .refused: continue
            }
        }
        throw .invalidNamespace
    }

    /// The namespace called `name` for a client, retained; made if it doesn't exist.
    func enter(
        _ name: String,
        of member: NamespaceFamily.Member,
        allowsDynamic: Bool
    ) throws(ConnectError) -> Namespace {
        let io = member.family.io
        let namespace = try making.withLock { _ throws(ConnectError) in
            let known = try state.withLock { state throws(ConnectError) -> Namespace? in
                if let known = state.namespaces[ByteText(name)] { return try retain(known, allowsDynamic) }
                guard allowsDynamic else { throw .tooManyNamespaces }
                guard state.dynamicCount < io.settings.maximumDynamicNamespaces else { throw .invalidNamespace }
                return nil
            }
            if let known { return known }
            let made = Namespace(name: name, io: io, origin: member, isDynamic: true)
            made.retain()
            return insert(made)
        }
        deliver()
        return namespace
    }

    private func retain(_ namespace: Namespace, _ allowsDynamic: Bool) throws(ConnectError) -> Namespace {
        guard allowsDynamic || !namespace.isDynamic else { throw .tooManyNamespaces }
        namespace.retain()
        return namespace
    }

    private func insert(_ namespace: Namespace) -> Namespace {
        state.withLock { state in
            state.namespaces[ByteText(namespace.name)] = namespace
            if namespace.isDynamic { state.dynamicCount += 1 }
            namespace.family?.add(namespace)
            announce(.created, namespace)
        }
        return namespace
    }

    /// Removes a dynamic namespace, if it still has no sockets.
    func remove(_ namespace: Namespace) {
        making.withLock { _ in
            let isRemoved = state.withLock { state in
                let key = ByteText(namespace.name)
                guard namespace.isUnused, state.namespaces[key] === namespace else { return false }
                state.namespaces[key] = nil
                state.dynamicCount -= 1
                namespace.family?.remove(namespace)
                announce(.removed, namespace)
                return true
            }
            if isRemoved { namespace.close() }
        }
        deliver()
    }

    /// Ends the adapters of all namespaces, because the server has shut down.
    func close() {
        making.withLock { _ in
            for namespace in all { namespace.close() }
        }
    }

    // MARK: Families and handlers

    /// Declares a family.
    func add(_ family: NamespaceFamily) -> NamespaceFamily {
        state.withLock { $0.families.append(family) }
        return family
    }

    /// Registers handlers for the events of namespaces.
    func add(_ handlers: NamespaceHandlers) { self.handlers.withLock { $0.add(HandlerToken(), handlers) } }

    private func announce(_ change: NamespaceEvent.Change, _ namespace: Namespace) {
        guard namespace.name != "/", !handlers.withLock({ $0.isEmpty }) else { return }
        events.add(NamespaceEvent(change: change, namespace: namespace))
    }

    private func deliver() {
        events.deliver { event in
            for (_, handlers) in handlers.withLock({ $0 }) {
                switch event.change {
                case .created: handlers.created(event.namespace)
                case .removed: handlers.removed(event.namespace)
                }
            }
        }
    }
}
