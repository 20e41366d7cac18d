/// What the connections of one loop exchanged over one transport.
///
/// Written on that loop only.
final class TransportCounters: Sendable {
    /// The name of the transport.
    let transportName: String
    let opened = Counter()
    let packetsIn = Counter()
    let packetsOut = Counter()
    let bytesIn = Counter()
    let bytesOut = Counter()

    init(of transportName: String) {
        self.transportName = transportName
    }
}
