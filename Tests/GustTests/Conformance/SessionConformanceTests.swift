import Gust
import GustSessions
import GustTesting
import Testing

extension ConformanceTests {
    /// How connections open, stay alive, and end.
    @Suite struct Sessions {
        @Test(arguments: Cell.all(.connect))
        func `two clients have one connection each`(cell: Cell) async throws {
            let io = ConformanceServer.make()
            try await cell.run(io) { client in
                let first = try await client.socket(cell.profile)
                try await first.requireEcho("one")
                let second = try await client.socket(cell.profile)
                try await second.requireEcho("two")
                try await first.requireEcho("one again")
                try #require(io.connectionCount == 2)
                try #require(io["/"].socketCount == 2)
            }
        }

        @Test(arguments: Cell.all(.early))
        func `messages that are sent to a new client arrive in order`(cell: Cell) async throws {
            let io = ConformanceServer.make()
            io.onConnect { socket in for number in 0..<100 { socket.send("early \(number)") } }
            try await cell.run(io) { client in
                let socket = try await client.socket(cell.profile)
                for number in 0..<100 { try #require(try await socket.nextMessage() == .text("early \(number)")) }
                try await socket.requireEcho("now")
            }
        }

        @Test(arguments: Cell.all(.serverClose))
        func `a connection that the server closes ends on both sides`(cell: Cell) async throws {
            let io = ConformanceServer.make()
            try await cell.run(io) { client in
                let socket = try await client.socket(cell.profile)
                try await socket.send("close")
                try #require(try await socket.next() == .disconnected)
                try await io.isEmpty(seenBy: client)
            }
        }

        @Test(arguments: Cell.all(.serverAbort))
        func `a connection that the server aborts leaves nothing behind`(cell: Cell) async throws {
            let io = ConformanceServer.make()
            try await cell.run(io) { client in
                let socket = try await client.socket(cell.profile)
                do {
                    try await socket.send("abort")
                } catch TestError.refused, TestError.closed {
                    // The abort may end the `POST` that carried the command.
                }
                try await io.isEmpty(seenBy: client)
            }
        }

        @Test(arguments: Cell.all(.clientClose))
        func `a connection that the client closes ends`(cell: Cell) async throws {
            let io = ConformanceServer.make { $0.closeTimeout = .milliseconds(300) }
            try await cell.run(io) { client in
                let socket = try await client.socket(cell.profile)
                try await socket.requireEcho("x")
                try await socket.close()
                try await io.isEmpty(seenBy: client)
            }
        }

        @Test(arguments: Cell.all(.vanish))
        func `a client that vanishes leaves nothing behind`(cell: Cell) async throws {
            let io = ConformanceServer.make { $0.closeTimeout = .milliseconds(300) }
            try await cell.run(io) { client in
                let socket = try await client.socket(cell.profile)
                try await socket.requireEcho("x")
                // The client vanishes while a poll waits, as is almost always the case.
                try await socket.requireSilence()
                try await socket.drop()
                try await io.isEmpty(seenBy: client)
            }
        }

        @Test(arguments: Cell.all(.keepAlive))
        func `a client that answers heartbeats, or continues to poll, stays connected`(cell: Cell) async throws {
            let io = ConformanceServer.make { settings in
                settings.pingInterval = .milliseconds(20)
                settings.pollDuration = .milliseconds(20)
            }
            try await cell.run(io) { client in
                let socket = try await client.socket(cell.profile)
                for _ in 0..<3 { try await socket.nextHeartbeat() }
                try await socket.requireEcho("still here")
                try #require(io.connectionCount == 1)
            }
        }

        @Test(arguments: Cell.all(.silence))
        func `the connection of a silent client ends after its timeouts`(cell: Cell) async throws {
            let io = ConformanceServer.impatient(for: cell.profile)
            try await cell.run(io) { client in
                let socket = try await client.socket(cell.profile)
                try await socket.requireEcho("x")
                try await socket.mute()
                try await client.wait(for: "the end of the connection") { io.connectionCount == 0 }
                try await socket.drop()
                try await io.isEmpty(seenBy: client)
            }
        }
    }
}
