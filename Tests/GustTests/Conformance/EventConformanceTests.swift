import Gust
import GustTesting
import Testing

extension ConformanceTests {
    /// Events, acknowledgements, namespaces, and rooms with clients of several generations.
    @Suite struct Events {
        @Test(arguments: Cell.all(.event))
        func `an event is echoed with exactly the bytes of its arguments`(cell: Cell) async throws {
            try await cell.run(ConformanceServer.make()) { client in
                let socket = try await client.socket(cell.profile)
                try await socket.emit("echo", "héllo 😀", 12_345, ["b", "a"])
                try #require(try await socket.next() == .event("echo", [#""héllo 😀""#, "12345", #"["b","a"]"#]))
                try await socket.emit("echo")
                try #require(try await socket.next() == .event("echo", []))
            }
        }

        @Test(arguments: Cell.all(.acknowledgement))
        func `a handler's return value is the acknowledgement`(cell: Cell) async throws {
            try await cell.run(ConformanceServer.make()) { client in
                let socket = try await client.socket(cell.profile)
                try #require(try await socket.emitWithAcknowledgement("sum", 20, 22) == ["42"])
                try #require(try await socket.emitWithAcknowledgement("later", "x") == [#""later x""#])
                let answer = try await socket.emitWithAcknowledgement("sum", "one", 2)
                try #require(answer == [#"{"error":"argument 0: expected Int, found \"one\""}"#])
            }
        }

        @Test(arguments: Cell.all(.question))
        func `the server emits an event and gets the client's acknowledgement`(cell: Cell) async throws {
            try await cell.run(ConformanceServer.make()) { client in
                let socket = try await client.socket(cell.profile)
                try await socket.emit("ask")
                try await socket.acknowledge(7)
                try #require(try await socket.next() == .event("question", ["6"]))
                try #require(try await socket.next() == .event("answered", ["7"]))
            }
        }

        @Test(arguments: Cell.all(.binary))
        func `bytes are sent both ways in events, messages and acknowledgements`(cell: Cell) async throws {
            try await cell.run(ConformanceServer.make()) { client in
                let socket = try await client.socket(cell.profile)
                let bytes = ByteBuffer(bytes: [1, 2, 3, 0, 255])
                let placeholders = [0, 1].map { #"{"_placeholder":true,"num":\#($0)}"# }
                try await socket.emit("echo", bytes, "text", bytes)
                try #require(
                    try await socket.next()
                        == .event("echo", [placeholders[0], #""text""#, placeholders[1]], attachments: [bytes, bytes])
                )
                try #require(try await socket.emitWithAcknowledgement("bytes", bytes) == [placeholders[0]])
                try await socket.send(.binary(bytes))
                try #require(try await socket.nextMessage() == .binary(bytes))
            }
        }

        @Test(arguments: Cell.all(.namespace))
        func `a namespace is joined, used, and left without the end of the connection`(cell: Cell) async throws {
            let io = ConformanceServer.make()
            io["/room"].onConnect { socket in
                socket.on("where") { socket.namespace.name }
                socket.on("kick") { socket.disconnect() }
                socket.onMessage { socket.send($0) }
            }
            try await cell.run(io) { client in
                try await requireRefusal { try await client.socket(cell.profile, in: "/nowhere") }
                let socket = try await client.socket(cell.profile, in: "/room")
                try #require(try await socket.emitWithAcknowledgement("where") == [#""/room""#])
                try await socket.requireEcho("in the room")
                try #require(io["/room"].socketCount == 1)
                let connections = io.connectionCount
                try await socket.disconnect()
                try await client.wait(for: "an empty namespace") { io["/room"].socketCount == 0 }
                let other = try await client.socket(cell.profile, in: "/room")
                try await other.emit("kick")
                try #require(try await other.next() == .disconnected)
                try #require(io["/room"].socketCount == 0)
                try #require(io.connectionCount == connections + 1)
            }
        }

        @Test(arguments: Cell.all(.room))
        func `messages reach the sockets of a room, or all but the sender`(cell: Cell) async throws {
            try await cell.run(ConformanceServer.make()) { client in
                let member = try await client.socket(cell.profile)
                let listener = try await client.socket(ClientProfile(cell.profile.revision, .webSocket))
                let outsider = try await client.socket(cell.profile)
                for socket in [member, listener] {
                    try await socket.send("join")
                    try #require(try await socket.nextMessage() == .text("joined"))
                }
                try await outsider.send("to lobby: hi")
                try #require(try await member.nextMessage() == .text("to lobby: hi"))
                try #require(try await listener.nextMessage() == .text("to lobby: hi"))
                // The next message is the echo, so the socket hasn't received the broadcast.
                try await outsider.requireEcho("alone")
                try await member.send("to others: hello")
                try #require(try await listener.nextMessage() == .text("to others: hello"))
                try #require(try await outsider.nextMessage() == .text("to others: hello"))
                try await member.requireEcho("silence")
            }
        }

        @Test(arguments: Cell.all(.mixedRoom))
        func `messages reach clients of all generations in one room`(cell: Cell) async throws {
            try await cell.run(ConformanceServer.make()) { client in
                var sockets = [try await client.socket(cell.profile)]
                for revision in Revision.all {
                    sockets.append(try await client.socket(ClientProfile(revision, .webSocket)))
                }
                for (index, speaker) in sockets.enumerated() {
                    try await speaker.send("to all: \(index) 😀")
                    for socket in sockets {
                        try #require(try await socket.nextMessage() == .text("to all: \(index) 😀"))
                    }
                }
            }
        }
    }
}
