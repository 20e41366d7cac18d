import GustAdapter
import GustHTTP
import GustWire

/// Operations on the selected sockets of this process, events between servers, and the walks over the sockets.
extension LocalAdapter {
    /// Adds the selected sockets of this process to rooms.
    func join(_ rooms: [String], _ selection: SocketSelection) {
        forEach(selection) { socket in
            for room in rooms { socket.join(room) }
        }
    }

    /// Removes the selected sockets of this process from rooms.
    func leave(_ rooms: [String], _ selection: SocketSelection) {
        forEach(selection) { socket in
            for room in rooms { socket.leave(room) }
        }
    }

    /// Disconnects the selected sockets of this process.
    func disconnect(_ selection: SocketSelection, closingConnections: Bool) {
        forEach(selection) { $0.disconnect(closingConnection: closingConnections) }
    }

    /// Snapshots of the selected sockets of this process; the timeout isn't used.
    ///
    /// Each loop makes its snapshots by itself, so the array isn't a snapshot of one moment.
    func sockets(_ selection: SocketSelection, timeout: Duration) async -> SocketSnapshots {
        SocketSnapshots(await collect(selection, SocketSnapshot.init))
    }

    /// Does nothing: there are no other nodes.
    func serverSideEmit(_ name: String, _ arguments: Arguments) {}

    /// No replies: there are no other nodes.
    func serverSideEmit(_ name: String, _ arguments: Arguments, timeout: Duration) async -> ServerReplies {
        ServerReplies([])
    }

    /// 1.
    func serverCount() async -> Int { 1 }

    /// Removes the members, because the namespace has been removed; does nothing if the server shuts down.
    func close() {
        // Loops that have stopped take no work.
        guard !io.isClosing else { return }
        loops.visit { $0.forget(self) }
    }

    // MARK: Events between servers

    /// Calls this node's handlers for an event that another node has emitted between servers.
    ///
    /// Errors of handlers are reported to ``SocketIO/onError(_:)``.
    /// - Returns: the reply of the first handler that has one; nil if no handler is registered or all have failed.
    func receiveServerSide(_ name: String, _ arguments: Arguments) async -> Arguments? {
        var reply: Arguments?
        for handler in serverHandlers.flatMap({ $0[name] }) {
            do {
                let value = try await handler(arguments)
                reply = reply ?? value
            } catch {
                io.report(error, of: nil, in: name)
            }
        }
        return reply
    }

    /// Reports an error of the adapter of a cluster to ``SocketIO/onError(_:)``.
    func report(_ error: any Error, in event: String) { io.report(error, of: nil, in: event) }

    // MARK: Walks

    /// Calls `body` once with each selected socket, on the socket's loop.
    func forEach(_ selection: SocketSelection, _ body: @escaping @Sendable (Socket) -> Void) {
        walk(selection, expect: {}, answer: {}, body)
    }

    /// The values that `body` returns for the selected sockets.
    func collect<Value: Sendable>(
        _ selection: SocketSelection,
        _ body: @escaping @Sendable (Socket) -> Value
    ) async -> [Value] {
        await withCheckedContinuation { continuation in
            let gathering = Gathering(continuation)
            let asked = walk(selection, expect: gathering.expect, answer: gathering.answer) { gathering.add(body($0)) }
            gathering.asked(asked ?? 0)
        }
    }

    /// The names of the rooms that have members on any loop, without those of single sockets.
    func roomNames() async -> Set<ByteText> {
        let names = await withCheckedContinuation { continuation in
            let gathering = Gathering<Set<ByteText>>(continuation)
            let visit = loops.visit { shard in
                if let membership = shard.existingMembership(of: self) { gathering.add(membership.allRooms) }
                gathering.answer()
            }
            gathering.asked(visit?.loopCount ?? 0)
        }
        return names.reduce(into: []) { $0.formUnion($1) }
    }

    /// Calls `body` once with each selected socket, on the socket's loop; sockets that are moving between loops are included.
    ///
    /// - Parameters:
    ///   - selection: the choice of sockets.
    ///   - weight: how many bytes `body` holds.
    ///   - isRefusable: whether nothing is done at all if a loop has too much to do.
    ///   - expect: is called for each socket that is asked on another loop than the one that found it.
    ///   - answer: is called when a loop has been visited, and for each socket that was asked elsewhere.
    ///   - body: is called on the socket's loop.
    /// - Returns: how many loops are visited; nil if the walk was refused.
    @discardableResult
    func walk(
        _ selection: SocketSelection,
        weight: Int = 0,
        isRefusable: Bool = false,
        expect: @escaping @Sendable () -> Void,
        answer: @escaping @Sendable () -> Void,
        _ body: @escaping @Sendable (Socket) -> Void
    ) -> Int? {
        let number = SharedPacket.nextNumber()
        let visit = loops.visit(weight: weight, isRefusable: isRefusable) { shard in
            defer { answer() }
            guard let membership = shard.existingMembership(of: self) else { return }
            membership.forEach(in: selection.roomKeys, except: selection.excludedKeys) { socket in
                // A socket that has lost its connection only records broadcasts.
                if socket.isConnected, socket.connection.isFirst(number) { body(socket) }
            }
            membership.forEachDeparted(in: selection.roomKeys, except: selection.excludedKeys) { socket in
                expect()
                socket.connection.run { connection in
                    defer { answer() }
                    guard socket.isConnected, connection.isFirst(number) else { return }
                    body(socket)
                }
            }
        }
        return visit?.loopCount
    }
}
