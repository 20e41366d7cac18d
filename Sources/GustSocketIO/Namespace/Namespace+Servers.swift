public import GustAdapter
import GustWire

/// Events between the servers of a cluster.
extension Namespace {
    /// Calls `body` with the decoded arguments of each event `name` that another node emits with
    /// ``serverSideEmit(_:_:)``.
    ///
    /// `body` may be called in any task, and several calls may run at once. If arguments don't fit or `body` throws, the error is
    /// reported to ``SocketIO/onError(_:)``.
    public func onServerSide<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) {
        local.onServerSide(name) { arguments in
            var decoder = ArgumentPosition(arguments)
            try await body(repeat try decoder.next((each Argument).self))
            return Arguments()
        }
    }

    /// Calls `body` as ``onServerSide(_:_:)`` does; its value is the reply to
    /// ``serverSideEmitWithAcknowledgement(_:_:timeout:)``.
    public func onServerSide<each Argument: Decodable & Sendable, Reply: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Reply
    ) {
        local.onServerSide(name) { arguments in
            var decoder = ArgumentPosition(arguments)
            let reply = try await body(repeat try decoder.next((each Argument).self))
            return try Arguments.encoding(reply)
        }
    }

    /// Calls the handlers for event `name` on all other nodes of the cluster.
    ///
    /// If a value can't be encoded, nothing is sent and the error is reported to ``SocketIO/onError(_:)``.
    public func serverSideEmit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        do {
            adapter.serverSideEmit(name, try Arguments.encoding(repeat each value))
        } catch {
            io.report(error, of: nil, in: name)
        }
    }

    /// Calls the handlers for event `name` on all other nodes of the cluster and waits for their replies.
    ///
    /// - Parameters:
    ///   - name: the name of the event.
    ///   - value: the arguments of the event.
    ///   - timeout: how long the nodes may take; the result names those that took longer.
    /// - Returns: the replies, and the names of the nodes that were silent.
    /// - Throws: `EncodingError` if a value can't be encoded.
    public func serverSideEmitWithAcknowledgement<each Value: Encodable>(
        _ name: String,
        _ value: repeat each Value,
        timeout: Duration = .seconds(5)
    ) async throws -> ServerReplies {
        let arguments = try Arguments.encoding(repeat each value)
        return await adapter.serverSideEmit(name, arguments, timeout: timeout)
    }

    /// The number of nodes of the cluster, this one included.
    public func serverCount() async -> Int { await adapter.serverCount() }
}
