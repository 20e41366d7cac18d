/// What stands in JSON for a binary attachment (Socket.IO protocol 5, "binary packets").
struct Placeholder: Codable {
    enum CodingKeys: String, CodingKey {
        case isPlaceholder = "_placeholder"
        case number = "num"
    }

    let isPlaceholder: Bool
    let number: Int
}
