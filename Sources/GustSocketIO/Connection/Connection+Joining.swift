import GustAdapter
import GustHTTP
import GustWire

/// How a client gets into a namespace.
extension Connection {
    /// Lets the client into a namespace, if that exists and its middlewares agree.
    ///
    /// `isNew` is set if the client can't continue an earlier socket.
    func join(_ name: String, query: String?, payload: JSONSlice?, isNew: Bool = false) {
        // Closed while its greeting was sent, or while something before it was handled.
        guard machine.isOpen else { return }
        let key = ByteText(name)
        guard socket(in: name) == nil, joining[key] == nil, questions[key] == nil, restorations[key] == nil else {
            return refuseStray("a second CONNECT to \(name)")
        }
        guard namespaceCount < io.settings.maximumNamespaces else {
            return send(.connectError(namespace: name, payload: ConnectError.tooManyNamespaces.payload))
        }
        let auth = payload ?? query.map { JSONSlice(query: Query($0)) }
        do throws(ConnectError) {
            let entrance = try io.registry.enter(name, of: io, allowsDynamic: allowsDynamicNamespace)
            follow(entrance, name, auth: auth, isNew: isNew)
        } catch {
            send(.connectError(namespace: name, payload: error.payload))
        }
    }

    /// Goes on with a client for whose name there is a namespace, or families that have to be asked.
    func follow(_ entrance: NamespaceRegistry.Entrance, _ name: String, auth: JSONSlice?, isNew: Bool) {
        switch entrance {
        case .namespace(let namespace): enter(namespace, auth: auth, isNew: isNew)
        case .question(let families): ask(families, name, auth: auth, isNew: isNew)
        }
    }

    /// Asks the middlewares of a namespace that was retained for the client.
    func enter(_ namespace: Namespace, auth: JSONSlice?, isNew: Bool) {
        if !isNew, continueSocket(in: namespace, auth: auth) || restoreSocket(in: namespace, auth: auth) { return }
        let socket = Socket(connection: self, namespace: namespace, auth: auth)
        let middlewares = namespace.middlewares
        guard !middlewares.isEmpty else { return admit(socket) }
        joining[ByteText(namespace.name)] = socket
        ask(middlewares[...], about: socket)
    }

    /// Asks one middleware after the other; those that never wait are asked in place.
    func ask(_ middlewares: ArraySlice<HandlerList<NamespaceMiddleware>.Entry>, about socket: Socket) {
        var rest = middlewares
        // Closed while a middleware was asked: the socket is over, and nothing may come back to life.
        while machine.isOpen, let (_, middleware) = rest.popFirst() {
            switch middleware {
            case .immediate(let body):
                do { try body(socket) } catch { return refuse(socket, error) }
            case .suspending(let body):
                let remaining = rest
                io.start(on: home) {
                    do {
                        try await body(socket)
                        self.run { $0.ask(remaining, about: socket) }
                    } catch {
                        self.run { $0.refuse(socket, error) }
                    }
                }
                return
            }
        }
        endJoining(ByteText(socket.namespace.name))
        admit(socket)
    }

    /// Forgets a client that was joining a namespace.
    func endJoining(_ namespace: ByteText) {
        joining[namespace] = nil
        // Most clients join once, so the memory of the table is given back.
        if joining.isEmpty { joining = [:] }
    }

    private func refuse(_ socket: Socket, _ error: any Error) {
        socket.discard()
        guard machine.isOpen else { return }
        endJoining(ByteText(socket.namespace.name))
        let refusal = error as? ConnectError ?? ConnectError(error.publicText(otherwise: "refused"))
        let isRoot = socket.namespace.name == "/"
        if isRoot, revision.rules.admitsFirst {
            // The client was told of no session yet, so its request is what is refused.
            transport.refuse(revision.refusal(.forbidden(refusal.message)))
            return apply(.transportEnded(.forcedServerClose))
        }
        send(.connectError(namespace: socket.namespace.name, payload: refusal.payload))
        if isRoot, revision.rules.rootIsSession { close(.forcedServerClose) }
    }

    /// The socket is in: tells the client first, the handlers next.
    func admit(_ socket: Socket) {
        // Closed while a middleware waited: nothing may come back to life.
        guard machine.isOpen else { return socket.discard() }
        let name = socket.namespace.name
        if name == "/", revision.rules.admitsFirst {
            greet()
            guard machine.isOpen else { return socket.discard() }
        }
        setSocket(socket, in: name)
        socket.enterNamespace()
        apply(.joinedNamespace)
        if io.layer == .socketIO {
            sendMissed(socket)
            let payload = revision.socketIdentifiers == .own ? socket.connectPayload : nil
            send(.connect(namespace: name, query: nil, payload: payload))
        }
        // The write may have ended the connection, and the socket with it.
        guard machine.isOpen, socket.isConnected else { return }
        settling {
            socket.sendEarlyPackets()
            socket.namespace.connected(socket)
        }
    }
}
