import Gust
import Synchronization
import ThermometerContract

/// The readings of all rooms, and the application that receives and shows them.
final class House: Sendable {
    private struct Room {
        var last: Reading
        var count = 1
    }

    static let maximumRooms = 1_000

    /// By the bytes of their names, because two different names may be equal as `String`.
    private let rooms = Mutex<[[UInt8]: Room]>([:])

    func application() -> Application {
        var settings = SocketIOSettings()
        // A display that loses its connection for less than two minutes misses nothing.
        settings.recovery = SocketIOSettings.Recovery()
        let io = SocketIO(settings)
        let thermometers = Thermometers()
        io.onConnect { socket in
            socket.on(thermometers.measured) { [self] reading in
                let count = try add(reading)
                io.to("displays").emit(thermometers.reading, reading)
                return count
            }
            socket.on(thermometers.watch) { [self] in
                socket.join("displays")
                for reading in last { socket.emit(thermometers.reading, reading) }
            }
        }
        var app = Application()
        app.add(io.routes())
        return app
    }

    private var last: [Reading] { rooms.withLock { $0.values.map(\.last) } }

    private func add(_ reading: Reading) throws -> Int {
        try rooms.withLock { rooms in
            let name = Array(reading.room.utf8)
            guard var room = rooms[name] else {
                guard rooms.count < Self.maximumRooms else { throw HouseIsFull() }
                rooms[name] = Room(last: reading)
                return 1
            }
            room.last = reading
            room.count += 1
            rooms[name] = room
            return room.count
        }
    }
}

/// The server keeps no further rooms; the text is the acknowledgement of the event.
struct HouseIsFull: PublicError {
    var publicText: String { "the house has \(House.maximumRooms) rooms already" }
}
