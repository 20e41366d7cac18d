import GustHTTP

/// The task that writes the body of one response.
enum BodyTask {
    /// Starts the task; called on the loop of the connection.
    static func start(
        _ pieces: BodyWriter,
        _ writer: any ResponseWriter,
        untilShutdown: Bool,
        _ body: @escaping @Sendable (BodyWriter) async throws -> Void
    ) {
        let executor = (writer as? any ServerResponseWriter)?.executor ?? LoopExecutor(writer.eventLoop)
        let task = Task.startingInPlace(on: executor) {
            do {
                try await body(pieces)
                pieces.complete(.success(()))
            } catch {
                pieces.complete(.failure(error))
            }
        }
        pieces.run(as: task, untilShutdown: untilShutdown)
    }
}
