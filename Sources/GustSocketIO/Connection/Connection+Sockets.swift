import GustHTTP

/// The sockets of one client, by namespace.
extension Connection {
    /// How many acknowledgements the client owes to all its sockets together.
    var owedAcknowledgements: Int {
        otherSockets.values.reduce(rootSocket?.acknowledgements.count ?? 0) { $0 + $1.acknowledgements.count }
    }

    /// All sockets of this connection.
    var sockets: [Socket] { (rootSocket.map { [$0] } ?? []) + otherSockets.values }

    /// The socket in `namespace`, if the client joined it.
    func socket(in namespace: String) -> Socket? {
        namespace == "/" ? rootSocket : otherSockets[ByteText(namespace)]
    }

    /// Whether the client may enter one more namespace that is made on demand.
    var allowsDynamicNamespace: Bool {
        let limit = io.settings.maximumDynamicNamespacesPerConnection
        guard namespaceCount >= limit else { return true }
        let entered = otherSockets.values.count { $0.namespace.isDynamic }
        return entered + joining.values.count { $0.namespace.isDynamic } + questions.count
            + restorations.values.count { $0.namespace.isDynamic } < limit
    }

    /// How many namespaces the client is in, or about to be.
    var namespaceCount: Int {
        otherSockets.count + (rootSocket == nil ? 0 : 1) + joining.count + questions.count + restorations.count
    }

    /// Adds a socket, or takes it out if `socket` is nil.
    func setSocket(_ socket: Socket?, in namespace: String) {
        if namespace == "/" { rootSocket = socket } else { otherSockets[ByteText(namespace)] = socket }
    }
}
