import GustClient
import ThermometerContract

/// A display of all readings.
struct Display {
    /// The last reading of each room, and then each reading; they go on over lost connections and restarts of the server.
    static func readings(of socket: ClientSocket) -> SocketEvents<Reading> {
        let thermometers = Thermometers()
        let readings = socket.events(of: thermometers.reading)
        socket.onConnect { [weak socket] in
            guard let socket else { return }
            // A server that has recovered the socket sends what the display has missed; any other doesn't know the display.
            if !socket.isRecovered { socket.emit(thermometers.watch) }
        }
        return readings
    }
}
