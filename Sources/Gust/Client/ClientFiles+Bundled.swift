public import GustSocketIO

extension ClientFiles {
    /// Serves the browser client that is embedded in the program; no files are needed at run time.
    ///
    /// ```swift
    /// app.add(io.routes(client: ClientFiles()))
    /// ```
    ///
    /// A page includes `<script src="/socket.io/socket.io.js"></script>`, and `io()` connects to the endpoint. A
    /// JavaScript module imports `/socket.io/socket.io.esm.js` instead. Responses have an `ETag` and are compressed.
    public init() {
        self.init(BrowserClient())
    }
}
