import GustHTTP
import HTTPTypes
import NIOCore

/// A writer that wraps another writer and forwards the members that it doesn't change.
protocol ForwardingWriter: ResponseWriter {
    /// The wrapped writer.
    var writer: any ResponseWriter { get }
}

extension ForwardingWriter {
    var eventLoop: any EventLoop { writer.eventLoop }
    var status: HTTPResponse.Status {
        get { writer.status }
        set { writer.status = newValue }
    }
    var headers: HTTPFields {
        get { writer.headers }
        set { writer.headers = newValue }
    }
    var isChunked: Bool {
        get { writer.isChunked }
        set { writer.isChunked = newValue }
    }
    var isWritable: Bool { writer.isWritable }
    var hasPeerFinished: Bool { writer.hasPeerFinished }
    var onWritable: (() -> Void)? {
        get { writer.onWritable }
        set { writer.onWritable = newValue }
    }
}
