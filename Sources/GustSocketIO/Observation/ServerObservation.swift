/// A server as of one moment, for people who look at it: without a word about single sockets.
package struct ServerObservation: Sendable {
    /// A namespace with the number of its sockets.
    package struct NamespaceSize: Sendable, Encodable {
        package let name: String
        package let count: Int
    }

    package var statistics: SocketIOStatistics
    /// The numbers of connections by the name of their revision.
    package var byRevision: [String: Int] = [:]  // bytes: our own names
    package var loops: [LoopObservation] = []
    /// The namespaces with the most sockets.
    package var namespaces: [NamespaceSize] = []
    /// The number of all namespaces.
    package var namespaceCount = 0
    /// The rooms with the most sockets.
    package var rooms: [RoomSize] = []
    /// The memory of the process in bytes; nil if the system doesn't tell it.
    package var memory: Int?
}
