import GustHTTP
import Synchronization

/// The taps of a server, by the sids of the connections: all who watch one connection share one tap.
final class ConnectionTaps: Sendable {
    private struct Entry {
        let tap: ConnectionTap
        var watchers: Int
    }

    private let entries = Mutex<[ByteText: Entry]>([:])

    /// The number of connections that are watched.
    var count: Int { entries.withLock { $0.count } }

    /// Begins to watch a connection; ``unwatch(_:_:)`` balances the call.
    func watch(_ connection: Connection) -> ConnectionTap {
        let (tap, isNew) = entries.withLock { entries in
            let key = ByteText(connection.sid)
            let entry = entries[key] ?? Entry(tap: ConnectionTap(), watchers: 0)
            entries[key] = Entry(tap: entry.tap, watchers: entry.watchers + 1)
            return (entry.tap, entry.watchers == 0)
        }
        if isNew {
            connection.run { connection in
                if connection.machine.hasEnded { tap.end() } else { connection.tap = tap }
            }
        }
        return tap
    }

    /// Ends what ``watch(_:)`` began; the last one removes the tap.
    func unwatch(_ connection: Connection, _ tap: ConnectionTap) {
        let isLast = entries.withLock { entries in
            let key = ByteText(connection.sid)
            guard let entry = entries[key], entry.tap === tap else { return false }
            entries[key] = entry.watchers > 1 ? Entry(tap: tap, watchers: entry.watchers - 1) : nil
            return entry.watchers <= 1
        }
        guard isLast else { return }
        connection.run { connection in
            if connection.tap === tap { connection.tap = nil }
        }
    }
}
