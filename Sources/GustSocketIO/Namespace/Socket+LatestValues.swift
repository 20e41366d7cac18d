import GustAdapter
import GustContract
import GustWire

/// Events of which only the newest one matters.
extension Socket {
    /// Sends an event that replaces an earlier one with the same key that still waits in the outbox.
    ///
    /// A client that reads slowly, or polls rarely, receives the newest value and none of those before it. The event has the position
    /// in which it was emitted: it never overtakes packets that were sent before it. If nothing waits, it is sent at once, as by
    /// ``emit(_:_:)-(String,_)``. Bytes that the transport has taken can't be replaced. May be called from any thread.
    ///
    /// ```swift
    /// socket.emitLatest("price", key: symbol, symbol, price)
    /// ```
    ///
    /// If a value can't be encoded, or `name` is reserved, nothing is sent and the error is reported to ``SocketIO/onError(_:)``.
    /// - Parameters:
    ///   - name: the name of the event.
    ///   - key: the key, unique in the namespace; nil for the name of the event.
    ///   - value: the arguments of the event.
    public func emitLatest<each Value: Encodable>(_ name: String, key: String? = nil, _ value: repeat each Value) {
        do {
            guard !ReservedName.contains(name) else { throw ReservedName(name: name) }
            let arguments = try Arguments.encoding(repeat each value)
            send(
                .event(namespace: namespace.name, id: nil, name: name, arguments: arguments),
                isVolatile: false,
                replacing: LatestKey(key ?? name, in: namespace.name)
            )
        } catch {
            connection.io.report(error, of: self, in: name)
        }
    }
}

extension Broadcast {
    /// Sends an event that, for each selected socket, replaces an earlier one with the same key that still waits in the outbox.
    ///
    /// The rules are those of ``Socket/emitLatest(_:key:_:)-(_,_,Value)``.
    /// - Parameters:
    ///   - name: the name of the event.
    ///   - key: the key, unique in the namespace; nil for the name of the event.
    ///   - value: the arguments of the event.
    public func emitLatest<each Value: Encodable>(_ name: String, key: String? = nil, _ value: repeat each Value) {
        do {
            guard !ReservedName.contains(name) else { throw ReservedName(name: name) }
            var selection = selection
            selection.latestKey = key ?? name
            let packet = NamespacePacket.event(name: name, try Arguments.encoding(repeat each value))
            forEachAdapter { $0.broadcast(packet, to: selection) }
        } catch {
            scope.io.report(error, of: nil, in: name)
        }
    }
}
