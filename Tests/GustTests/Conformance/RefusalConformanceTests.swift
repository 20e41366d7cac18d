import Gust
import GustTesting
import Testing

extension ConformanceTests {
    /// Which clients are refused, and that the others are admitted.
    @Suite struct Refusals {
        @Test(arguments: Cell.all(.refusal))
        func `a client that middleware refuses gets an error`(cell: Cell) async throws {
            let io = ConformanceServer.make()
            io["/"].use { (socket: Socket) throws in
                if socket.handshake.headers[.authorization] != "pass" { throw ConnectError("members only") }
            }
            try await cell.run(io) { client in
                try await requireRefusal { try await client.socket(cell.profile) }
                try #require(io["/"].socketCount == 0)
                client.setHeaders([.authorization: "pass"])
                try await client.socket(cell.profile).requireEcho("in")
            }
        }

        @Test(arguments: Cell.all(.transportOff))
        func `a transport that is turned off is refused`(cell: Cell) async throws {
            let io = ConformanceServer.make { $0.transports = [] }
            try await cell.run(io) { client in
                try await requireRefusal { try await client.socket(cell.profile) }
                try #require(io.connectionCount == 0)
            }
        }

        @Test(arguments: Cell.all(.generationOff))
        func `a generation that is turned off is refused`(cell: Cell) async throws {
            let io = ConformanceServer.make { $0.revisions.removeAll { $0 == cell.profile.revision } }
            try await cell.run(io) { client in
                try await requireRefusal { try await client.socket(cell.profile) }
                try #require(io.connectionCount == 0)
            }
        }

        @Test(arguments: Cell.all(.origin))
        func `pages of origins that aren't listed are refused`(cell: Cell) async throws {
            let io = ConformanceServer.make { $0.origins = ["example.com:*"] }
            try await cell.run(io) { client in
                client.setHeaders([.origin: "https://evil.example"])
                try await requireRefusal { try await client.socket(cell.profile) }
                try #require(io.connectionCount == 0)
                client.setHeaders([.origin: "https://example.com"])
                try await client.socket(cell.profile).requireEcho("in")
            }
        }
    }
}
