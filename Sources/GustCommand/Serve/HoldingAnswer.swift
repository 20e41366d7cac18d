#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Answers connections while there is no application because it doesn't build or start: with the reason, on a page that tries again.
struct HoldingAnswer {
    private let reason: String

    init(_ reason: String) { self.reason = reason }

    /// Accepts and answers one connection that waits; a client that sends nothing within half a second gets its answer even so.
    func answer(_ socket: CInt) {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else { return }
        defer { close(connection) }
        _ = fcntl(connection, F_SETFL, O_NONBLOCK)
        var state = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        poll(&state, 1, 500)
        var request = [UInt8](repeating: 0, count: 16_384)
        let count = max(0, recv(connection, &request, request.count, 0))
        let response = Array(text(isPage: Self.acceptsHTML(request[..<count])).utf8)
        // A response that fits into the socket's buffer is written at once, whether the client reads or not.
        _ = response.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
        shutdown(connection, CInt(SHUT_WR))
        // Closing with unread bytes would reset the connection before the client has the response.
        poll(&state, 1, 100)
        _ = recv(connection, &request, request.count, 0)
    }

    private static func acceptsHTML(_ request: ArraySlice<UInt8>) -> Bool {
        let mark = Array("text/html".utf8)
        return request.indices.contains { request[$0...].starts(with: mark) }
    }

    /// The whole response.
    func text(isPage: Bool) -> String {
        let reason = String(decoding: reason.utf8.prefix(60_000), as: UTF8.self)
        var body = "The application doesn't run.\n\n\(reason)\n"
        if isPage {
            body = """
                <!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>The application doesn't run</title>
                <style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem}pre{background:#8c1d2f;color:#fff;padding:1rem;white-space:pre-wrap}</style>
                <h1>The application doesn't run</h1><pre>\(Self.escaped(reason))</pre><p>This page tries again each second.</p>

                """
        }
        return """
            HTTP/1.1 503 Service Unavailable\r
            Content-Type: text/\(isPage ? "html" : "plain"); charset=utf-8\r
            Content-Length: \(body.utf8.count)\r
            Cache-Control: no-store\r
            Retry-After: 1\r
            Connection: close\r
            \r
            \(body)
            """
    }

    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
