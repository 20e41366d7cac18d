/// The connection whose async handler is running; its reading is paused if it sends more than a loop can take.
enum SendingConnection {
    @TaskLocal static var current: Connection?
}
