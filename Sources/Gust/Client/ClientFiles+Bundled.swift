public import GustSocketIO

extension ClientFiles {
    /// Serves the browser client that is embedded in the program; no files are needed at run time.
    ///
    /// ```swift
    /// app.add(io.routes("chat", client: ClientFiles()))
    /// ```
    ///
    /// A page includes `<script src="/socket.io/socket.io.js"></script>`, and `io()` connects to the endpoint. A
    /// JavaScript module imports `/socket.io/socket.io.esm.js` instead. Responses are compressed.
    /// Their `ETag` is a digest of the file, so it changes with the version of the client and is the same on all nodes.
    ///
    /// `io.routes()` without the parameter `client` serves these files too.
    public init() {
        self.init(BrowserClient())
    }
}
