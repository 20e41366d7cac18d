package import GustHTTP
package import GustServer
import GustSocketIO
package import NIOCore
import Synchronization

/// The listener for other nodes, and the announcement of its address.
extension SessionForwarding: ListeningExtension {
    package var listener: HTTPListener {
        switch place {
        case .tcp(let host, let port): HTTPListener(.host(host, port: port), name: "forwarding")
        case .unixSocket(let path):
            HTTPListener(unixSocket: path, mode: 0o600)
        case .bus: HTTPListener(.host("127.0.0.1", port: 0), name: "forwarding")
        }
    }

    package var listenerHandler: any Handler { ForwardedRequests(node: node, receiving: receiving) }

    package func makeStorage() -> RequestStorage {
        receiving.countLink()
        var storage = RequestStorage()
        storage[LinkAdmission.Key.self] = LinkAdmission()
        return storage
    }

    package func begin(
        at address: SocketAddress?,
        _ handlers: [any ExtendingHandler],
        on loops: [LoopExecutor]
    ) async {
        let advertised: NodeAddress =
            switch place {
            case .tcp(let host, let port): .tcp(host: advertisedHost ?? host, port: address?.port ?? port)
            case .unixSocket, .bus: place
            }
        known.begin()
        receiving.set(handlers.compactMap { $0 as? any ForwardedHandler })
        let local: HTTPServer.Configuration.Address =
            switch place {
            case .unixSocket(let path): .unixSocket(path: path)
            case .tcp(let host, _): .host(host, port: address?.port ?? 0)
            case .bus: .host("127.0.0.1", port: address?.port ?? 0)
            }
        tunnels?.begin(at: local, on: loops.map(\.eventLoop))
        state.withLock { state in
            for loop in loops {
                state.links[ObjectIdentifier(loop.eventLoop)] = LoopLinks(
                    loop,
                    known,
                    tunnels: tunnels,
                    connectTimeout: node.connectTimeout
                )
            }
        }
        await announce(advertised)
        // Ends with the server: it is cancelled by `end()`.
        let announcing = Task { [weak self] in
            while !Task.isCancelled {
                do { try await Task.sleep(for: Self.lifetime / 3) } catch { return }
                await self?.announce(advertised)
            }
        }
        state.withLock { $0.announcing = announcing }
    }

    private func announce(_ address: NodeAddress) async {
        await withPatience("the directory of nodes can't be written") { [directory, node] in
            try await directory.announce(address, of: node.tag, for: Self.lifetime)
        }
    }

    package func stop() async {
        let (announcing, links) = state.withLock { state in
            defer { state.announcing = nil }
            return (state.announcing, Array(state.links.values))
        }
        announcing?.cancel()
        await withPatience("the directory of nodes can't be written") { [directory, node] in
            try await directory.withdraw(node.tag)
        }
        // The connections of the clients end next, but their sessions live on.
        for links in links { links.executor.eventLoop.execute { links.releasePolls() } }
    }

    package func end() async {
        let links = state.withLock { state in
            defer { state.links = [:] }
            return Array(state.links.values)
        }
        receiving.set([])
        known.end()
        tunnels?.end()
        for links in links { links.executor.eventLoop.execute { links.close() } }
    }

    /// Waits for `work`, but no longer than `patience`; an error is reported.
    private func withPatience(_ problem: String, _ work: @escaping @Sendable () async throws -> Void) async {
        await withTaskGroup(of: Bool.self) { tasks in
            tasks.addTask { [node] in
                do { try await work() } catch { node.problems.report(problem, "\(error)") }
                return true
            }
            tasks.addTask { [node, patience] in
                do { try await Task.sleep(for: patience) } catch { return true }
                node.problems.report(problem, "no answer within \(patience)")
                return false
            }
            _ = await tasks.next()
            tasks.cancelAll()
        }
    }
}
