import Gust
import GustTesting
import Testing

extension ConformanceTests {
    /// Text and JSON arrive unchanged and in order.
    @Suite struct Messages {
        private func echo(_ texts: [String], _ cell: Cell) async throws {
            try await cell.run(ConformanceServer.make()) { client in
                let socket = try await client.socket(cell.profile)
                for text in texts { try await socket.requireEcho(text) }
            }
        }

        @Test(arguments: Cell.all(.text)) func `text is echoed unchanged`(cell: Cell) async throws {
            try await echo(
                [
                    "", "x", "~m~5~m~", "3:::x", "a=b&c=d+e%20f", "{}", "0", "--socketio", "tab\t\"quotes\" \\ \\n",
                    "[1]",
                ],
                cell
            )
        }

        @Test(arguments: Cell.all(.unicode))
        func `text survives every envelope, form and count of UTF-16 units`(cell: Cell) async throws {
            try await echo(
                [
                    "héllo", "😀 astral 🏳️‍🌈", "\u{FFFD}", "\u{FFFD}5\u{FFFD}", "a\u{0}b", "line\nfeed\n", "\r\n",
                    "</script><script>", "\u{2028}\u{2029}", "\u{1E}", "e\u{301}",
                ],
                cell
            )
        }

        @Test(arguments: Cell.all(.json)) func `a JSON value is echoed as the same value`(cell: Cell) async throws {
            try await cell.run(ConformanceServer.make()) { client in
                let socket = try await client.socket(cell.profile)
                for text in [
                    #"{"a":{"b":[1,2.50,"x",null,true,{"c":[[]]}]}}"#, "{}", "[]", "12345678901234567890.125",
                    #"{"name":1}"#, #"{"é😀":"\u2028</script>"}"#,
                ] {
                    let json = Message.json(try JSONSlice(validating: ByteBuffer(string: text)))
                    try await socket.send(json)
                    try #require(try await socket.nextMessage() == json)
                }
            }
        }

        @Test(arguments: Cell.all(.long)) func `100,000 characters are echoed`(cell: Cell) async throws {
            try await echo([String(repeating: "0123456789", count: 10_000)], cell)
        }

        @Test(arguments: Cell.all(.megabyte)) func `1,000,000 characters are echoed`(cell: Cell) async throws {
            try await echo([String(repeating: "0123456789", count: 100_000)], cell)
        }

        @Test(arguments: Cell.all(.burst)) func `500 messages are echoed in order`(cell: Cell) async throws {
            try await cell.run(ConformanceServer.make()) { client in
                let socket = try await client.socket(cell.profile)
                for batch in 0..<20 { try await socket.send(batch: (0..<25).map { "\(batch * 25 + $0)" }) }
                for number in 0..<500 { try #require(try await socket.nextMessage() == .text("\(number)")) }
            }
        }

        @Test(arguments: Cell.all(.broadcastBurst))
        func `500 messages that the server sends at once arrive in order`(cell: Cell) async throws {
            try await cell.run(ConformanceServer.make()) { client in
                let socket = try await client.socket(cell.profile)
                try await socket.send("burst")
                for number in 0..<500 { try #require(try await socket.nextMessage() == .text("\(number)")) }
            }
        }
    }
}
