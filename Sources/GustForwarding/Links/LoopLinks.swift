import GustCluster
import GustHTTP
import GustServer
import NIOCore

/// The links of one loop to other nodes: those that are idle are used again.
///
/// `@unchecked Sendable`: used on the loop only.
final class LoopLinks: @unchecked Sendable {
    private static let maximumIdle = 32
    /// Shorter than the time after which a server closes an idle connection.
    private static let idleTime = TimeAmount.seconds(20)

    let executor: LoopExecutor
    private let known: KnownNodes
    private let tunnels: (any NodeConnector)?
    private let connectTimeout: TimeAmount
    /// The idle links of each node, the latest at the end; bytes: tags have letters and digits of ASCII only.
    private var idle: [ByteText: [NodeLink]] = [:]
    /// The polls that wait for the response of a node.
    private var polls: [ObjectIdentifier: ForwardedExchange] = [:]
    private var isSweepDue = false
    private var isClosed = false

    init(
        _ executor: LoopExecutor,
        _ known: KnownNodes,
        tunnels: (any NodeConnector)?,
        connectTimeout: TimeAmount
    ) {
        self.executor = executor
        self.known = known
        self.tunnels = tunnels
        self.connectTimeout = connectTimeout
    }

    /// Calls `body` with a link to a node, at once or later; with nil if the node isn't there.
    ///
    /// A link that is of no use any more must be given to ``giveBack(_:)``, or be aborted.
    func take(to tag: String, _ body: @escaping @Sendable (NodeLink?) -> Void) {
        guard !isClosed else { return body(nil) }
        if let link = idle[ByteText(tag)]?.popLast() { return body(link) }
        known.address(of: tag, on: executor) { [self] address in
            guard let address, let connector = connector(for: address) else { return body(nil) }
            open(tag, connector, body)
        }
    }

    /// Records a poll until ``end(_:)``.
    func begin(_ poll: ForwardedExchange) { polls[ObjectIdentifier(poll)] = poll }

    func end(_ poll: ForwardedExchange) { polls[ObjectIdentifier(poll)] = nil }

    /// Asks the nodes to answer the polls that wait, because the connections of their clients will end.
    func releasePolls() {
        for poll in Array(polls.values) { poll.release() }
    }

    private func connector(for address: NodeAddress) -> (any NodeConnector)? {
        switch address {
        case .tcp(let host, let port): SocketConnector(address: .host(host, port: port))
        case .unixSocket(let path): SocketConnector(address: .unixSocket(path: path))
        case .bus: tunnels
        }
    }

    private func open(_ tag: String, _ connector: any NodeConnector, _ body: @escaping @Sendable (NodeLink?) -> Void) {
        let promise = executor.eventLoop.makePromise(of: NodeLink.self)
        let outcome = connector.connect(to: tag, on: executor.eventLoop, timeout: connectTimeout) { [self] connection in
            let link = NodeLink(connection, to: tag)
            link.onEnd = { [weak self] link in self?.remove(link) }
            promise.succeed(link)
            return link
        }
        outcome.cascadeFailure(to: promise)
        promise.futureResult.whenComplete { [self] result in
            switch result {
            case .success(let link): body(link)
            case .failure:
                // The node may have a new address, or be gone.
                known.forget(tag)
                body(nil)
            }
        }
    }

    /// Keeps a link for the next request.
    func giveBack(_ link: NodeLink) {
        link.user = nil
        guard link.isOpen else { return }
        guard !isClosed, idle[ByteText(link.tag), default: []].count < Self.maximumIdle else {
            return link.connection.finish()
        }
        link.idleSince = executor.eventLoop.now
        idle[ByteText(link.tag), default: []].append(link)
        guard !isSweepDue else { return }
        isSweepDue = true
        executor.eventLoop.scheduleTask(in: Self.idleTime) { [weak self] in self?.sweep() }
    }

    /// Closes the links that have been idle for long.
    private func sweep() {
        isSweepDue = false
        let end = executor.eventLoop.now - Self.idleTime
        for link in idle.values.joined().filter({ $0.idleSince <= end }) {
            remove(link)
            link.connection.finish()
        }
        guard !idle.isEmpty else { return }
        isSweepDue = true
        executor.eventLoop.scheduleTask(in: Self.idleTime) { [weak self] in self?.sweep() }
    }

    private func remove(_ link: NodeLink) {
        let key = ByteText(link.tag)
        idle[key]?.removeAll { $0 === link }
        if idle[key]?.isEmpty == true { idle[key] = nil }
    }

    /// Closes the idle links, and opens no more.
    func close() {
        isClosed = true
        for link in Array(idle.values.joined()) { link.connection.finish() }
        idle = [:]
    }
}
