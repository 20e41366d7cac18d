public import GustSocketIO

extension ClientFiles {
    /// Serves the browser client that comes with Gust, without any file beside the program.
    ///
    /// ```swift
    /// app.add(io.routes(client: ClientFiles()))
    /// ```
    ///
    /// A page then has `<script src="/socket.io/socket.io.js"></script>`, and `io()` connects to the endpoint. A script that is a
    /// module imports `/socket.io/socket.io.esm.js` instead. Answers have an `ETag` and are compressed.
    public init() {
        self.init(BrowserClient())
    }
}
