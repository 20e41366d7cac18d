import GustHTTP
import GustWire
import NIOCore
import Synchronization

/// Handles each event of one name once for each id.
///
/// Sockets of all loops use it, so it has a lock, which is never held across a call out.
final class UniqueEvents: Sendable {
    let name: String
    private let position: Int
    private let scope: @Sendable (Socket) -> String?
    private let table: Mutex<UniqueEventTable>

    /// The greatest length of an id in bytes of JSON.
    private static let maximumLength = 256

    init(
        _ name: String,
        position: Int,
        limits: UniqueEventTable.Limits,
        scope: @escaping @Sendable (Socket) -> String?
    ) {
        self.name = name
        self.position = position
        self.scope = scope
        table = Mutex(UniqueEventTable(limits))
    }

    /// The event as it must be handled; nil if it is a duplicate or was refused.
    ///
    /// Called on the socket's loop.
    func admit(_ event: ReceivedEvent, of socket: Socket) -> ReceivedEvent? {
        guard position >= 0, let json = event.arguments[position]?.bytes else { return event }
        // An event without an id, such as that of an older client, is handled like any other event.
        switch json.readableBytesView.first ?? 0 {
        case UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
        default: return event
        }
        guard json.readableBytes <= Self.maximumLength else {
            socket.fail(event, UniqueEventError.idTooLong)
            return nil
        }
        let id = ByteText(String(buffer: json))
        // A dynamic namespace shares this object with its family.
        let key = ByteText("\(socket.namespace.name)\0\(scope(socket) ?? socket.id)")
        let now = socket.connection.shard.eventLoop.now
        let verdict = table.withLock { $0.verdict(on: id, in: key, event.acknowledgement, at: now) }
        switch verdict {
        case .handle(let number):
            let acknowledgement = Acknowledgement(socket: socket, id: event.acknowledgement?.pendingID) { answer in
                let waiting = self.table.withLock { $0.finish(number, id, in: key, answer.detached) }
                for acknowledgement in waiting { acknowledgement.send(answer) }
            }
            return ReceivedEvent(name: event.name, arguments: event.arguments, acknowledgement: acknowledgement)
        case .wait: break
        case .repeated(let answer): event.acknowledge(with: answer)
        case .refuse: socket.fail(event, UniqueEventError.tooMany)
        }
        return nil
    }
}
