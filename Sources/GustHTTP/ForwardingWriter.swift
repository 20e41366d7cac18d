package import HTTPTypes
package import NIOCore

/// A writer that wraps another writer and forwards the members that it doesn't change.
package protocol ForwardingWriter: ResponseWriter {
    /// The wrapped writer.
    var writer: any ResponseWriter { get }
}

extension ForwardingWriter {
    package var eventLoop: any EventLoop { writer.eventLoop }
    package var status: HTTPResponse.Status {
        get { writer.status }
        set { writer.status = newValue }
    }
    package var headers: HTTPFields {
        get { writer.headers }
        set { writer.headers = newValue }
    }
    package var isChunked: Bool {
        get { writer.isChunked }
        set { writer.isChunked = newValue }
    }
    package var isWritable: Bool { writer.isWritable }
    package var hasPeerFinished: Bool { writer.hasPeerFinished }
    package var onWritable: (() -> Void)? {
        get { writer.onWritable }
        set { writer.onWritable = newValue }
    }
}
