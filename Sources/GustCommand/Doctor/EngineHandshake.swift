import Foundation

/// The OPEN packet of Engine.IO 4: `0{"sid":…}`.
struct EngineHandshake: Decodable {
    let sid: String
    let pingInterval: Int
    let pingTimeout: Int
    let maxPayload: Int?

    /// Reads the body of the first poll; nil if it is something else.
    init?(_ body: [UInt8]) {
        guard body.first == UInt8(ascii: "0"),
            let packet = try? JSONDecoder().decode(EngineHandshake.self, from: Data(body.dropFirst()))
        else { return nil }
        self = packet
    }
}
