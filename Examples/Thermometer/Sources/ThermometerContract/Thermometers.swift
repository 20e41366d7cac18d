public import GustContract

/// A temperature that was measured in a room.
public struct Reading: Codable, Sendable, Equatable {
    /// Where.
    public var room: String
    /// How warm.
    public var celsius: Double

    /// Makes a reading.
    public init(room: String, celsius: Double) {
        self.room = room
        self.celsius = celsius
    }
}

/// The events between the server, the thermometers and the displays.
public struct Thermometers: Contract {
    /// A thermometer has measured; the reply is how many readings its room has.
    public let measured = ClientEvent<Reading, Int>("measured", parameters: ["reading"])
    /// A display requests the last reading of each room, and then each reading.
    public let watch = ClientEvent<Void, Never>("watch")
    /// A reading for the displays.
    public let reading = ServerEvent<Reading, Never>("reading", parameters: ["reading"])

    /// Makes the declarations.
    public init() {}
}
