public import GustCluster
package import GustHTTP
package import GustSocketIO
import HTTPTypes
public import Logging
import NIOCore
import Synchronization

/// Lets several servers do without sticky sessions: a request for a connection that lives on another node is forwarded there.
///
/// Each sid begins with a random tag of its node. A node that receives a request with the tag of another one asks the directory where that
/// node is, sends the request there, and passes the answer on: polls, `POST`s, and upgrades, whose bytes are passed on unchanged. Streams
/// (`htmlfile`, `xhr-multipart`) aren't forwarded; a handshake doesn't offer them.
///
/// ```swift
/// var settings = SocketIOSettings()
/// settings.forwarding = try SessionForwarding(
///     secret: secret,
///     directory: directory,
///     at: .tcp(host: "10.0.0.5", port: 0)
/// )
/// ```
///
/// The server opens a listener for the other nodes with its own, and closes it when its connections are drained. Requests on it must have the
/// proof that a node with the same secret has sent them, once and within 30 seconds. The bytes between the nodes aren't encrypted, so
/// that network must be private. If a node is gone, its clients get the answer to an unknown sid, and open a new connection.
///
/// One object belongs to one server, and may be in the settings of all its Socket.IO endpoints.
public final class SessionForwarding: Sendable {
    /// How long an entry in the directory is valid; it is renewed three times as often.
    static let lifetime = Duration.seconds(30)
    struct State {
        var links: [ObjectIdentifier: LoopLinks] = [:]
        var announcing: Task<Void, Never>?
    }

    let node: ForwardingNode
    let directory: any NodeDirectory
    let place: NodeAddress
    let advertisedHost: String?
    let tunnels: BusTunnels?
    let known: KnownNodes
    private let maximumForwarded: Int
    /// How long the directory may take at the start and the end of a server.
    let patience: Duration
    let receiving = ReceivingHandlers()
    let state = Mutex(State())

    /// Makes the setting of one node.
    ///
    /// - Parameters:
    ///   - secret: a secret that all nodes share, at least 16 bytes of UTF-8; make it with a random generator.
    ///   - directory: where the nodes find each other.
    ///   - address: where this node listens for the others. Port 0 picks a free port; ``GustCluster/NodeAddress/bus`` listens on loopback,
    ///     and needs a bus.
    ///   - advertisedHost: the host under which the others reach this node, if that isn't the host of the address.
    ///   - bus: the bus that reaches nodes whose address is ``GustCluster/NodeAddress/bus``.
    ///   - maximumForwarded: how many requests and upgraded connections this node forwards at a time; further requests are answered 503.
    ///   - logger: the logger of problems with other nodes, each at most once a minute.
    /// - Throws: ``ForwardingError`` if the secret is too short, or the address is no address for other nodes.
    public convenience init(
        secret: String,
        directory: any NodeDirectory,
        at address: NodeAddress,
        advertisedHost: String? = nil,
        bus: (any ClusterBus)? = nil,
        maximumForwarded: Int = 20_000,
        logger: Logger = Logger(label: "gust.forwarding")
    ) throws(ForwardingError) {
        try self.init(
            secret: secret,
            directory: directory,
            at: address,
            advertisedHost: advertisedHost,
            bus: bus,
            maximumForwarded: maximumForwarded,
            connectTimeout: .seconds(2),
            logger: logger
        )
    }

    /// Makes the setting of one of several processes on one machine, which reach each other by Unix sockets in a folder.
    ///
    /// ```swift
    /// settings.forwarding = try SessionForwarding(secret: secret, folder: "/run/chat")
    /// ```
    /// - Parameters:
    ///   - secret: a secret that all processes share, at least 16 bytes of UTF-8.
    ///   - folder: a folder for the sockets of these processes alone, whose path has at most 90 bytes. Only the user of the processes should
    ///     have access to it. The socket of a process that has crashed stays there, and does no harm.
    ///   - maximumForwarded: how many requests and upgraded connections this process forwards at a time; further requests are answered 503.
    ///   - logger: the logger of problems with other processes, each at most once a minute.
    /// - Throws: ``ForwardingError`` if the secret is too short.
    public convenience init(
        secret: String,
        folder: String,
        maximumForwarded: Int = 20_000,
        logger: Logger = Logger(label: "gust.forwarding")
    ) throws(ForwardingError) {
        let folder = NodeFolder(path: folder)
        try self.init(
            secret: secret,
            directory: folder,
            at: { .unixSocket(path: folder.socket(of: $0)) },
            maximumForwarded: maximumForwarded,
            connectTimeout: .seconds(2),
            logger: logger
        )
    }

    convenience init(
        secret: String,
        directory: any NodeDirectory,
        at address: NodeAddress,
        advertisedHost: String? = nil,
        bus: (any ClusterBus)? = nil,
        maximumForwarded: Int = 20_000,
        connectTimeout: TimeAmount,
        patience: Duration = .seconds(2),
        tunnelInterval: TimeAmount = .seconds(2),
        now: @escaping @Sendable () -> Int = ForwardingNode.systemTime,
        logger: Logger = Logger(label: "gust.forwarding")
    ) throws(ForwardingError) {
        try ForwardingError.check(address, advertisedHost, hasBus: bus != nil)
        try self.init(
            secret: secret,
            directory: directory,
            at: { _ in address },
            advertisedHost: advertisedHost,
            bus: bus,
            maximumForwarded: maximumForwarded,
            connectTimeout: connectTimeout,
            patience: patience,
            tunnelInterval: tunnelInterval,
            now: now,
            logger: logger
        )
    }

    /// Makes the setting of a node whose address depends on its tag.
    private init(
        secret: String,
        directory: any NodeDirectory,
        at address: (_ tag: String) -> NodeAddress,
        advertisedHost: String? = nil,
        bus: (any ClusterBus)? = nil,
        maximumForwarded: Int = 20_000,
        connectTimeout: TimeAmount,
        patience: Duration = .seconds(2),
        tunnelInterval: TimeAmount = .seconds(2),
        now: @escaping @Sendable () -> Int = ForwardingNode.systemTime,
        logger: Logger = Logger(label: "gust.forwarding")
    ) throws(ForwardingError) {
        guard secret.utf8.count >= 16 else { throw ForwardingError(.secret) }
        let problems = ReportedProblems(logger)
        let node = ForwardingNode(ForwardingKeys(secret: secret), problems, connectTimeout: connectTimeout, now: now)
        self.node = node
        self.directory = directory
        place = address(node.tag)
        self.advertisedHost = advertisedHost
        self.maximumForwarded = maximumForwarded
        self.patience = patience
        let known = KnownNodes(directory, problems)
        self.known = known
        tunnels = bus.map { BusTunnels($0, node, known, interval: tunnelInterval) }
    }

    /// Numbers for monitoring.
    public var statistics: ForwardingStatistics {
        ForwardingStatistics(
            current: node.currentCount,
            forwarded: node.totalCount,
            failed: node.failureCount,
            received: receiving.receivedCount,
            refused: receiving.refusedCount
        )
    }
}

extension SessionForwarding {
    /// How many connections the listener for other nodes has accepted.
    package var linkCount: Int { receiving.linkCount }
    /// How many tunnels over the bus are open.
    package var tunnelCount: Int { tunnels?.count ?? 0 }
    /// How many messages of the bus were dropped, because no node of the cluster has sent them.
    package var droppedMessageCount: Int { tunnels?.droppedCount ?? 0 }
}

extension SessionForwarding: SessionForwarder {
    /// The tag of this node.
    package var tag: String { node.tag }

    package func hasReservedField(_ request: Request) -> Bool { request.headers[ForwardingProof.fieldName] != nil }

    package func mayBeForeign(_ sid: String) -> Bool { ForwardingKeys.mayHaveTag(sid, except: node.tag) }

    package func answer(_ call: ForwardedCall) -> Answer {
        guard let tag = node.keys.tag(of: call.sid),
            let links = state.withLock({ $0.links[ObjectIdentifier(call.request.eventLoop)] })
        else { return .ready(call.unknown()) }
        guard node.currentCount < maximumForwarded else {
            node.problems.report("more requests are to be forwarded than maximumForwarded")
            return .failed(HTTPError(.serviceUnavailable, "too many forwarded requests", headers: [.retryAfter: "1"]))
        }
        if call.isUpgrade { return upgrade(call, to: tag, links) }
        if call.request.method == .post, let length = call.request.headers[.contentLength].flatMap({ Int($0) }),
            length > call.maximumBody
        {
            return .ready(Response(status: .contentTooLarge, headers: [.connection: "close"]))
        }
        return .ready(Response(body: .stream { [node] writer in Self.exchange(call, to: tag, links, node, writer) }))
    }

    private static func exchange(
        _ call: ForwardedCall,
        to tag: String,
        _ links: LoopLinks,
        _ node: ForwardingNode,
        _ writer: any ResponseWriter
    ) {
        guard call.request.method == .post else { return begin(call, to: tag, links, node, writer, nil) }
        // A slow client keeps no link busy, and a body that is cut off isn't forwarded.
        call.request.body.collect(upTo: call.maximumBody) { result in
            switch result {
            case .success(let body): begin(call, to: tag, links, node, writer, body)
            case .failure(let error):
                writer.status = error.status
                writer.finish()
            }
        }
    }

    private static func begin(
        _ call: ForwardedCall,
        to tag: String,
        _ links: LoopLinks,
        _ node: ForwardingNode,
        _ writer: any ResponseWriter,
        _ body: ByteBuffer?
    ) {
        let exchange = ForwardedExchange(node, links, call, to: tag, WriterSink(writer, call))
        writer.onWritable = { exchange.resume() }
        exchange.begin(body)
        writer.onAbort = { exchange.cancel() }
        if call.request.method == .get { (writer as? any ServerResponseWriter)?.onShutdown = { exchange.release() } }
    }

    private func upgrade(_ call: ForwardedCall, to tag: String, _ links: LoopLinks) -> Answer {
        .pending { [node] in
            let eventLoop = call.request.eventLoop
            let promise = eventLoop.makePromise(of: Response.self)
            let exchange = ForwardedExchange(node, links, call, to: tag, UpgradeSink(promise, call, node))
            return try await withTaskCancellationHandler {
                if eventLoop.inEventLoop { exchange.begin(nil) } else { eventLoop.execute { exchange.begin(nil) } }
                return try await promise.futureResult.get()
            } onCancel: {
                eventLoop.execute {
                    exchange.cancel()
                    // The client has left, so this response isn't sent.
                    promise.succeed(Response(status: .serviceUnavailable))
                }
            }
        }
    }
}
