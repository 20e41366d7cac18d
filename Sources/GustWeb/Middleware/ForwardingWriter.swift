import GustHTTP
import HTTPTypes
import NIOCore

/// A writer that stands in front of another and leaves to it what it doesn't change.
protocol ForwardingWriter: ResponseWriter {
    /// The writer behind it.
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
