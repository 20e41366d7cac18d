import GustClient
import ThermometerContract

/// A thermometer in a room.
struct Sensor {
    let socket: ClientSocket
    let room: String

    /// Sends a temperature, also if the connection is opened only later, and returns how many readings the room has.
    func report(_ celsius: Double) async throws -> Int {
        let reading = Reading(room: room, celsius: celsius)
        return try await socket.emitWithAcknowledgement(Thermometers().measured, reading)
    }
}
