import Gust

/// The events of the endpoint `/live`.
struct DeskEvents: Contract {
    let title = "Desk"

    let comment = ClientEvent<String, Comment>("comment", parameters: ["text"], summary: "Comments on the ticket.")

    let commented = ServerEvent<Comment, Never>("commented", summary: "Somebody has commented on the ticket.")
    let changed = ServerEvent<Ticket, Never>("changed", summary: "A ticket is new, or has been opened or closed.")
    // Two loops may send lists at the same time, so each has a number that grows.
    let people = ServerEvent<([String], Int), Never>("people", summary: "Other people look at the ticket than before.")
}
