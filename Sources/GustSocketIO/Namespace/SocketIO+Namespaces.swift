import GustHTTP
import GustRouting
public import GustWire

/// The namespaces of a server.
extension SocketIO {
    /// The namespace called `name`, made at the first access; clients can join it from then on.
    ///
    /// Clients can always join `/`. If `name` doesn't begin with a slash, one is added.
    ///
    /// If a client has joined a namespace of that name, which a ``NamespaceFamily`` has made, this is that namespace: it is
    /// removed when its last socket leaves. Otherwise the namespace is made here and stays; it belongs to the first family
    /// declared before that accepts the name. A family that answers asynchronously isn't asked. So don't look up names that
    /// come from outside: ``namespaces`` finds those that exist.
    public subscript(_ name: String) -> Namespace {
        registry.namespace(name.utf8.first == UInt8(ascii: "/") ? name : "/" + name, of: self)
    }

    /// All namespaces that exist now, in no particular order.
    public var namespaces: [Namespace] { registry.all }

    /// The namespace called `name`; nil if there is none now.
    func namespace(for name: String) -> Namespace? { registry.existing(name) }

    /// Declares a family of namespaces by a predicate over the name.
    ///
    /// - Parameter matches: whether a name, which begins with `/`, belongs to the family; called on any thread, and must
    ///   not block.
    /// - Returns: the family, on which middleware and handlers are registered.
    public func namespaces(where matches: @escaping @Sendable (String) -> Bool) -> NamespaceFamily {
        registry.add(NamespaceFamily(.name(matches), io: self))
    }

    /// Declares a family of namespaces by an async predicate over the name and the payload of the client's CONNECT.
    ///
    /// The predicate is asked for each client, also if the namespace exists, because the answer may depend on the client. It
    /// runs as a task on the loop of the connection, and is cancelled when the client disconnects. After
    /// ``SocketIOSettings/connectTimeout`` it is cancelled too, and the client is refused. An error refuses the client, as an
    /// error of middleware does. At most 1,024 predicates of a family run at once; further clients are refused.
    ///
    /// ```swift
    /// let projects = io.namespaces { name, auth in
    ///     try await accounts.mayOpen(name, token: auth?.decode(Credentials.self).token)
    /// }
    /// ```
    /// - Parameter matches: whether the client may join the namespace, which belongs to the family.
    /// - Returns: the family, on which middleware and handlers are registered.
    public func namespaces(
        where matches: @escaping @Sendable (_ name: String, _ auth: JSONSlice?) async throws -> Bool
    ) -> NamespaceFamily {
        registry.add(NamespaceFamily(.question(matches), io: self))
    }

    /// Declares a family of namespaces by a regular expression (PCRE2) that must match the whole name.
    ///
    /// The expression is written like the pattern of a route, with `/:name` as a short form and `%25` for a percent sign.
    /// What its groups have matched is in ``Namespace/captures``.
    ///
    /// ```swift
    /// let rooms = try io.namespaces(matching: #"/room-(?P<number>\d+)"#)
    /// rooms.onConnect { socket in print(socket.namespace.captures["number"] ?? "") }
    /// ```
    /// - Parameter expression: the expression, beginning with `/` or with a group.
    /// - Returns: the family, on which middleware and handlers are registered.
    /// - Throws: an error that describes the mistake and its place if the expression can't be compiled.
    public func namespaces(matching expression: String) throws -> NamespaceFamily {
        registry.add(NamespaceFamily(.pattern(try Pattern(expression)), io: self))
    }

    /// Calls the closures with each namespace that is made or removed, in this order; `created` is Node's event
    /// `new_namespace`.
    ///
    /// The closures are called one at a time on any thread, and must not block. Clients may join the namespace while `created`
    /// is called: what concerns all clients is registered on a family, or before the server runs. The namespace `/` has no
    /// events.
    /// - Parameters:
    ///   - created: takes a namespace that was made for a client, or by ``subscript(_:)``.
    ///   - removed: takes a namespace whose last client has left.
    public func onNamespace(
        created: @escaping @Sendable (Namespace) -> Void = { _ in },
        removed: @escaping @Sendable (Namespace) -> Void = { _ in }
    ) {
        registry.add(NamespaceHandlers(created: created, removed: removed))
    }
}
