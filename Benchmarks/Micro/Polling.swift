import Gust
import GustHTTP
import HTTPTypes
import NIOCore

/// Measures one event and the poll that fetches it, without I/O: compression must cost nothing for short responses.
func measurePolling() throws {
    let long = String(repeating: "hello, world. ", count: 150)
    try measurePoll("poll of 64 bytes, compression off", String(repeating: "x", count: 64), "gzip, deflate") {
        $0.pollCompression = nil
    }
    try measurePoll("poll of 64 bytes, client accepts no coding", String(repeating: "x", count: 64), nil) { _ in }
    try measurePoll("poll of 64 bytes, client accepts gzip", String(repeating: "x", count: 64), "gzip, deflate") { _ in
    }
    try measurePoll("poll of 2,100 bytes, compression off", long, "gzip, deflate") { $0.pollCompression = nil }
    try measurePoll("poll of 2,100 bytes, as gzip", long, "gzip, deflate", count: 10_000) { _ in }
}

private func measurePoll(
    _ name: String,
    _ text: String,
    _ encodings: String?,
    count: Int = 100_000,
    _ change: (inout SocketIOSettings) -> Void
) throws {
    var settings = SocketIOSettings()
    change(&settings)
    let io = SocketIO(settings)
    var app = Application()
    app.add(io.routes())
    let router = try app.router()
    let executor = LoopExecutor(StillLoop())
    let writer = DiscardingWriter(executor.eventLoop)
    var headers: HTTPFields = [.userAgent: "Mozilla/5.0 (X11; Linux x86_64)", .accept: "*/*"]
    headers[.acceptEncoding] = encodings
    func ask(_ target: String) {
        guard let target = RequestTarget(target) else { return }
        let request = Request(method: .get, target: target, headers: headers, executor: executor)
        guard case .ready(let response) = router.answer(request), case .stream(let body) = response.body else { return }
        writer.headers = response.headers
        body(writer)
    }
    ask("/socket.io/?EIO=3&transport=polling")
    guard let sid = writer.text.firstMatch(of: /"sid":"([^"]+)"/)?.1 else {
        return print("no handshake: \(writer.text)")
    }
    let target = "/socket.io/?EIO=3&transport=polling&sid=\(sid)"
    measure(name, count: count) {
        io.emit("news", text)
        ask(target)
    }
}

/// Keeps the last body.
private final class DiscardingWriter: ResponseWriter {
    let hasPeerFinished = false
    let eventLoop: any EventLoop
    var status = HTTPResponse.Status.ok
    var headers: HTTPFields = [:]
    var isChunked = true
    var isWritable: Bool { true }
    var onWritable: (() -> Void)?
    var onAbort: (() -> Void)?
    private var last = ByteBuffer()

    var text: String { String(buffer: last) }

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func write(_ bytes: ByteBuffer) { last = bytes }
    func write(_ region: FileRegion) {}
    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        last = bytes
        completion?(true)
    }
    func abort() {}
}
