import CoreMetrics

/// The counters of all clients of a process, by swift-metrics.
struct ClientMetrics: Sendable {
    /// One value for all clients; made when the first client is made, after the program has chosen its metrics.
    static let shared = ClientMetrics()

    /// Attempts to connect.
    let attempts = Counter(label: "gust_client_attempts")
    /// Connections that were opened; an upgrade is no other connection.
    let connections = Counter(label: "gust_client_connections")
    /// Attempts that failed and connections that were lost.
    let failures = Counter(label: "gust_client_failures")
    /// Packets that were received, counted once for each read.
    let packets = Counter(label: "gust_client_packets_received")

    private init() {}

    func tell(_ state: ClientState) {
        switch state {
        case .closed(.closed), .idle, .connecting, .connected: break
        case .waiting, .closed: failures.increment()
        }
    }
}
