import Gust

/// The reasons why the chat room refuses an event; the client gets the text in its acknowledgement.
enum ChatError: String, PublicError {
    case badName = "A nickname has 1 to 32 characters."
    case badLine = "A line has 1 to 2,000 characters."
    case fullRoom = "This room is full."
    case fullHouse = "All rooms are taken; come back later."
    case tooManyRooms = "You are in too many rooms; leave one first."
    case tooManyNames = "You have joined too often; wait a minute."
    case notJoined = "Join a room first."

    var publicText: String { rawValue }
}
