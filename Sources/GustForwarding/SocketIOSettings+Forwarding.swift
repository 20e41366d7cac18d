public import Gust
import GustSocketIO

/// Forwarding.
extension SocketIOSettings {
    /// Forwards requests of connections that live on other nodes to these nodes, so that no sticky sessions are needed; nil, the default, for
    /// no forwarding.
    ///
    /// Without it, a request whose sid the server doesn't know is answered 400, `{"code":1,"message":"Session ID unknown"}`, and the log says
    /// that several servers need either sticky sessions or this setting.
    public var forwarding: SessionForwarding? {
        get { forwarder as? SessionForwarding }
        set { forwarder = newValue }
    }
}
