package import GustHTTP
package import HTTPTypes
package import NIOCore

/// Sends requests of connections that live on other nodes to these nodes.
///
/// The product `GustForwarding` has the only one, so this module knows neither listeners nor nodes.
package protocol SessionForwarder: ServerExtension {
    /// The tag of this node: each sid that it makes begins with it. Lower-case letters and digits only.
    var tag: String { get }

    /// Whether the client sent a field that only nodes may send.
    func hasReservedField(_ request: Request) -> Bool

    /// Whether `sid` may begin with the tag of another node of the cluster; decided without effort.
    func mayBeForeign(_ sid: String) -> Bool

    /// The answer of the node whose tag the sid has; called on the loop of the request.
    ///
    /// If that node isn't there, or the sid has no tag, the answer is that of `call.unknown`.
    func answer(_ call: ForwardedCall) -> Answer
}

/// A request for a connection on another node.
package struct ForwardedCall: Sendable {
    /// The request, a `GET` or a `POST`, whose origin has been checked.
    package var request: Request
    /// The sid, which has the tag of another node.
    package var sid: String
    /// The end of the path that belongs to the protocol.
    package var tail: String
    /// The maximum length of the body, in bytes.
    package var maximumBody: Int
    /// The time after which a node that hasn't begun its response is gone.
    package var deadline: TimeAmount
    /// Whether the request is the handshake of a WebSocket.
    package var isUpgrade: Bool
    /// Makes the response to a request whose sid nobody has; called on the loop of the request.
    package var unknown: @Sendable () -> Response
}

/// A handler that receives requests which other nodes have forwarded.
package protocol ForwardedHandler: ExtendingHandler {
    /// Answers a request that another node has forwarded; it is never forwarded again.
    ///
    /// The other node has run its middleware, and has checked the origin.
    /// - Parameters:
    ///   - request: the request, with the address of the client.
    ///   - tail: the end of the path that belongs to the protocol.
    /// - Returns: the answer.
    func answer(forwarded request: Request, tail: String) -> Answer

    /// Like ``answer(forwarded:tail:)``, but nil if the connection of the request doesn't live here.
    func answerIfConnected(forwarded request: Request, tail: String) -> Answer?
}

extension HTTPRequest.Method {
    /// The method of a request between nodes that answers a pending poll at once; clients can't send it.
    package static let release = Self("RELEASE") ?? .options
}
