import Gust
import GustContract
import NIOCore

/// What a typed handler costs beyond one that gets and returns undecoded arguments: the declared types are read and written.
func measureEvents() throws {
    struct Line: Codable, Sendable {
        var who: String
        var text: String
        var at: Int
    }

    let say = ClientEvent<(String, Bool), Never>("say")
    let line = ClientEvent<Line, Line>("line")
    let text = Arguments(trusted: ByteBuffer(string: #""hello, everybody in this room",true"#))
    let value = try Arguments.encoding(Line(who: "Ada", text: "hello, everybody in this room", at: 1_795_984_913_345))
    measure("typed event, a string and a flag in") {
        do { _ = try say.signature.payload.value(of: text) } catch { print(error) }
    }
    measure("typed event, \(value.text.readableBytes) bytes of an object in and as the reply") {
        do {
            _ = try line.signature.reply.arguments(of: try line.signature.payload.value(of: value))
        } catch {
            print(error)
        }
    }
}
