import GustHTTP
import HTTPTypes
import NIOCore

/// Writes a page of several pieces, such as a file, and the script that reloads it behind the last piece.
///
/// A parser of HTML takes an element behind the end of the page into the body. Must be used on the event loop of ``writer``.
final class PageWriter: ForwardingWriter {
    let writer: any ResponseWriter
    private let process: String
    /// The script if the response is a page; nil before its first piece, empty if it is none.
    private var script: String?
    var onAbort: (() -> Void)? {
        get { writer.onAbort }
        set { writer.onAbort = newValue }
    }

    init(_ writer: any ResponseWriter, _ process: String) {
        self.writer = writer
        self.process = process
    }

    func write(_ bytes: ByteBuffer) {
        begin()
        writer.write(bytes)
    }

    func write(_ region: FileRegion) {
        begin()
        writer.write(region)
    }

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        begin()
        guard let script, !script.utf8.isEmpty else { return writer.finish(bytes, completion: completion) }
        var bytes = bytes
        bytes.writeString(script)
        writer.finish(bytes, completion: completion)
    }

    func abort() { writer.abort() }

    private func begin() {
        guard script == nil else { return }
        guard carriesBody, ReloadingPages.isPage(writer.status, writer.headers) else {
            script = ""
            return
        }
        let script = ReloadScript.element(process, policy: writer.headers[.contentSecurityPolicy])
        self.script = script
        if let length = writer.headers[.contentLength].flatMap({ Int($0) }) {
            writer.headers[.contentLength] = String(length + script.utf8.count)
        }
        writer.headers[.eTag] = nil
        writer.headers[.cacheControl] = "no-store"
    }
}
