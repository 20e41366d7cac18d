public import GustAdapter
import GustWire

/// Events between the servers of a cluster.
///
/// An event goes from a namespace to the namespace of the same name on the other nodes, and to the handlers of its family there.
extension SocketScope {
    /// Calls `body` with the decoded arguments of each event `name` that another node emits with
    /// ``serverSideEmit(_:_:)``; in a family, for each of its namespaces.
    ///
    /// `body` may be called in any task, and several calls may run at once. If arguments don't fit or `body` throws, the error is
    /// reported to ``SocketIO/onError(_:)``.
    public final func onServerSide<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) {
        serverHandlers.add(name) { arguments in
            var decoder = ArgumentPosition(arguments)
            try await body(repeat try decoder.next((each Argument).self))
            return Arguments()
        }
    }

    /// Calls `body` as ``onServerSide(_:_:)`` does; its value is the reply to
    /// ``serverSideEmitWithAcknowledgement(_:_:timeout:)``.
    public final func onServerSide<each Argument: Decodable & Sendable, Reply: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Reply
    ) {
        serverHandlers.add(name) { arguments in
            var decoder = ArgumentPosition(arguments)
            let reply = try await body(repeat try decoder.next((each Argument).self))
            return try Arguments.encoding(reply)
        }
    }

    /// Calls the handlers for event `name` on all other nodes of the cluster.
    ///
    /// The event of a family is emitted in each of its namespaces that this process has.
    ///
    /// If a value can't be encoded, nothing is sent and the error is reported to ``SocketIO/onError(_:)``.
    public final func serverSideEmit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        do {
            let arguments = try Arguments.encoding(repeat each value)
            forEachNamespace { $0.adapter.serverSideEmit(name, arguments) }
        } catch {
            io.report(error, of: nil, in: name)
        }
    }

    /// Calls the handlers for event `name` on all other nodes of the cluster and waits for their replies.
    ///
    /// The event of a family is emitted in each of its namespaces that this process has; a node may then have several replies, and is
    /// named for each namespace in which it was silent.
    ///
    /// - Parameters:
    ///   - name: the name of the event.
    ///   - value: the arguments of the event.
    ///   - timeout: how long the nodes may take; the result names those that took longer.
    /// - Returns: the replies, and the names of the nodes that were silent.
    /// - Throws: `EncodingError` if a value can't be encoded.
    public final func serverSideEmitWithAcknowledgement<each Value: Encodable>(
        _ name: String,
        _ value: repeat each Value,
        timeout: Duration = .seconds(5)
    ) async throws -> ServerReplies {
        let arguments = try Arguments.encoding(repeat each value)
        var adapters: [any Adapter] = []
        forEachNamespace { adapters.append($0.adapter) }
        if adapters.count == 1 { return await adapters[0].serverSideEmit(name, arguments, timeout: timeout) }
        return await withTaskGroup(of: ServerReplies.self) { group in
            for adapter in adapters {
                group.addTask { await adapter.serverSideEmit(name, arguments, timeout: timeout) }
            }
            return await group.reduce(into: ServerReplies([])) { all, replies in
                all.replies += replies.replies
                all.silentNodes += replies.silentNodes
            }
        }
    }
}

extension Namespace {

    /// The number of nodes of the cluster, this one included.
    public func serverCount() async -> Int { await adapter.serverCount() }
}
