import Gust
import GustSessions
import GustTesting
import Testing

extension ConformanceTests {
    /// The connection of a sid after lost, repeated and aborted requests.
    @Suite struct Reconnecting {
        /// The response of each generation to an unknown sid.
        private static let unknown: [Revision: String] = [
            .engineIO4: "400 Session ID unknown",
            .engineIO3: "400 Session ID unknown",
            .socketIO09: "7:::1+0",
            .socketIO06: "404",
        ]

        private func requireUnknown(_ session: String, _ cell: Cell, _ client: TestClient) async throws {
            let target = TestClient.target(cell.profile, session: session)
            var answer: String
            do {
                if cell.profile.pollsOrStreams || cell.profile.transport == .upgrade {
                    throw TestError.refused(try await client.get(target))
                }
                answer = "\(try await client.webSocket(target).next())"
            } catch TestError.refused(let response) {
                answer = "\(response.status.code) \(response.text)"
            }
            answer = answer.replacing(#"{"code":1,"message":""#, with: "")
            let expected = try #require(Self.unknown[cell.profile.revision])
            try #require(answer.contains(expected))
        }

        /// Starts a `GET` that the server certainly holds as the newest; the server has answered any `GET` before it.
        private func freshGET(_ session: String, _ cell: Cell, _ client: TestClient) async throws -> TestExchange {
            let target = TestClient.target(cell.profile, session: session)
            let polls = [try await client.start(.get, target), try await client.start(.get, target)]
            let index = try await client.firstFinished(polls)
            try #require(try await polls[index].response().status == .ok)
            return polls[1 - index]
        }

        @Test(arguments: Cell.all(.unknownSession))
        func `an unknown sid is refused in the form of the generation`(cell: Cell) async throws {
            let io = ConformanceServer.make()
            try await cell.runRequests(io) { client in
                try await requireUnknown("nobody", cell, client)
                try await client.open(cell.profile).requireEcho("welcome")
            }
        }

        @Test(arguments: Cell.all(.reconnect, .client))
        func `GustClient opens a connection again that was cut, by the network or by the server`(
            cell: Cell
        ) async throws {
            let io = ConformanceServer.make { $0.closeTimeout = .milliseconds(300) }
            try await cell.runReconnecting(io) { client in
                let socket = try await client.socket(cell.profile, reconnects: true)
                try await socket.requireEcho("x")
                try await socket.drop()
                try #require(try await socket.next() == .disconnected)
                try await client.wait(for: "the second connection") { socket.connections == 2 }
                try await socket.requireEcho("y")
                try await socket.send("abort")
                try #require(try await socket.next() == .disconnected)
                try await client.wait(for: "the third connection") { socket.connections == 3 }
                try await socket.requireEcho("z")
                try await client.wait(for: "the end of the first connections") { io.connectionCount == 1 }
            }
        }

        @Test(arguments: Cell.all(.reconnect, .memory) + Cell.all(.reconnect, .tcp))
        func `after a lost poll the connection continues if it outlives polls, and ends otherwise`(
            cell: Cell
        ) async throws {
            let io = ConformanceServer.make()
            try await cell.runRequests(io) { client in
                let socket = try await client.open(cell.profile)
                try await socket.requireEcho("x")
                try #require(try await socket.nextIfAny() == nil)
                try await socket.drop()
                if cell.profile.pollsForLife {
                    let poll = try await freshGET(socket.session, cell, client)
                    io.everybody.send(.text("missed"))
                    _ = try await poll.partialText(with: "missed")
                } else {
                    try await client.wait(for: "the end of the connection") { io.connectionCount == 0 }
                    try await requireUnknown(socket.session, cell, client)
                }
                let next = try await client.open(cell.profile)
                try #require(next.session != socket.session)
                try await next.requireEcho("y")
            }
        }

        @Test(arguments: Cell.all(.secondGET))
        func `of two GETs the newer is used, or the connection ends`(cell: Cell) async throws {
            let io = ConformanceServer.make()
            try await cell.runRequests(io) { client in
                guard cell.profile.pollsForLife || cell.profile.streams else {
                    let opening = try await client.get(TestClient.target(cell.profile, session: nil)).text
                    let session = try #require(try /sid\\?":\\?"([A-Za-z0-9_-]+)/.firstMatch(in: opening)?.1)
                    let target = TestClient.target(cell.profile, session: String(session))
                    let polls = [try await client.start(.get, target), try await client.start(.get, target)]
                    let statuses = [
                        try await polls[0].response().status.code, try await polls[1].response().status.code,
                    ]
                    // Over TCP, either request may arrive first.
                    try #require(statuses.sorted() == [200, 400])
                    return try await io.isEmpty(seenBy: client)
                }
                let socket = try await client.open(cell.profile)
                let newer = try await freshGET(socket.session, cell, client)
                io.everybody.send(.text("heard"))
                _ = try await newer.partialText(with: "heard")
            }
        }

        @Test(arguments: Cell.all(.abortedPoll))
        func `a poll that the client aborts ends the connection, or is ignored`(cell: Cell) async throws {
            let io = ConformanceServer.make()
            try await cell.runRequests(io) { client in
                let socket = try await client.open(cell.profile)
                try #require(try await socket.nextIfAny() == nil)
                try await socket.drop()
                guard cell.profile.pollsForLife else { return try await io.isEmpty(seenBy: client) }
                let poll = try await freshGET(socket.session, cell, client)
                try #require(io.connectionCount == 1)
                try await socket.send("go on")
                _ = try await poll.partialText(with: "go on")
            }
        }
    }
}

extension TestClient {
    /// The index of the exchange that ends first; over TCP that isn't necessarily the first request.
    fileprivate func firstFinished(_ exchanges: [TestExchange]) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            for (index, exchange) in exchanges.enumerated() {
                if try await exchange.finishedResponse() != nil { return index }
            }
            await settle()
            await Task.yield()
        }
        throw TestError.timedOut("the end of one of two answers")
    }
}
