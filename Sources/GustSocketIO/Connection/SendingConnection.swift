/// The connection whose async handler is running: whoever it makes wait by what it sends.
enum SendingConnection {
    @TaskLocal static var current: Connection?
}
