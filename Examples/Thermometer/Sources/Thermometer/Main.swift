import GustClient
import ThermometerContract

/// `Thermometer URL` shows all readings; `Thermometer URL ROOM` measures.
@main enum Thermometer {
    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        let client = try SocketClient(words.first ?? "http://127.0.0.1:8080")
        let socket = client.socket()
        if let room = words.dropFirst().first {
            try await measure(Sensor(socket: socket, room: room))
        } else {
            let readings = Display.readings(of: socket)
            try await socket.connect()
            for await reading in readings { print("\(reading.room): \(reading.celsius) °C") }
        }
        await client.close()
    }

    /// Measures every two seconds; this machine has no thermometer, so the temperatures are random.
    private static func measure(_ sensor: Sensor) async throws {
        try await sensor.socket.connect()
        var celsius = 20.0
        while true {
            celsius = ((celsius + .random(in: -0.5...0.5)) * 10).rounded() / 10
            do {
                print("\(celsius) °C is reading \(try await sensor.report(celsius))")
            } catch let error as ClientError {
                print("\(celsius) °C is lost: \(error)")
            }
            try await Task.sleep(for: .seconds(2))
        }
    }
}
