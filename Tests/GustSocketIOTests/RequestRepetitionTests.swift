import GustHTTP
import GustTesting
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// Requests that a browser sends again by itself, because the TCP connection was reset before the response had arrived.
@Suite(.leavesNothing) struct RequestRepetitionTests {
    private let io = SocketIO()
    private let client: TestClient

    init() {
        client = TestClient(EndpointHarness(io))
    }

    /// Opens a connection that has joined `/`, with the values a1 to a3 of `t`; returns the target of further requests.
    private func open() async throws -> String {
        let greeting = try await client.get("/socket.io/?EIO=4&transport=polling&t=a1").text
        let start = try #require(greeting.firstRange(of: #""sid":""#)).upperBound
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(greeting[start...].prefix(20))"
        #expect(try await client.post("\(target)&t=a2", body: "40").text == "ok")
        #expect(try await client.get("\(target)&t=a3").text.hasPrefix("40{"))
        return target
    }

    @Test func `a poll that is repeated gets the same response again`() async throws {
        let target = try await open()
        io.emit("first")
        #expect(try await client.get("\(target)&t=a4").text == #"42["first"]"#)
        io.emit("second")
        #expect(try await client.get("\(target)&t=a4").text == #"42["first"]"#)
        #expect(try await client.get("\(target)&t=a5").text == #"42["second"]"#)
    }

    @Test func `the first poll that is repeated gets the answer to CONNECT again`() async throws {
        let target = try await open()
        #expect(try await client.get("\(target)&t=a3").text.hasPrefix("40{"))
        #expect(io.connectionCount == 1)
    }

    @Test func `a poll that is repeated while it waits takes the place of the first`() async throws {
        let target = try await open()
        let first = try await client.start(.get, "\(target)&t=a4")
        await client.settle()
        let second = try await client.start(.get, "\(target)&t=a4")
        await client.settle()
        io.emit("news")
        #expect(try await second.response().text == #"42["news"]"#)
        // The server has cut the connection of the first.
        #expect(try await first.response().text == "")
        #expect(io.connectionCount == 1)
    }

    @Test func `another poll while one waits closes the connection`() async throws {
        let target = try await open()
        let first = try await client.start(.get, "\(target)&t=a4")
        await client.settle()
        #expect(try await client.get("\(target)&t=a5").status == .badRequest)
        #expect(io.connectionCount == 0)
        _ = try? await first.response()
    }

    @Test func `a POST that is repeated is accepted, and its packets are handled once`() async throws {
        let received = Mutex<[String]>([])
        io["/"].on("say") { (_: Socket, text: String) in received.withLock { $0.append(text) } }
        let target = try await open()
        for stamp in [4, 4, 5] {
            #expect(try await client.post("\(target)&t=a\(stamp)", body: #"42["say","\#(stamp)"]"#).text == "ok")
        }
        #expect(received.withLock { $0 } == ["4", "5"])
    }

    @Test func `a client that never changes the parameter is served as usual`() async throws {
        let received = Mutex(0)
        io["/"].on("say") { (_: Socket) in received.withLock { $0 += 1 } }
        let greeting = try await client.get("/socket.io/?EIO=4&transport=polling&t=x").text
        let start = try #require(greeting.firstRange(of: #""sid":""#)).upperBound
        let target = "/socket.io/?EIO=4&transport=polling&t=x&sid=\(greeting[start...].prefix(20))"
        #expect(try await client.post(target, body: "40").text == "ok")
        #expect(try await client.get(target).text.hasPrefix("40{"))
        for number in 1...3 {
            io.emit("news", number)
            #expect(try await client.get(target).text == #"42["news",\#(number)]"#)
            #expect(try await client.post(target, body: #"42["say"]"#).text == "ok")
        }
        #expect(received.withLock { $0 } == 3)
    }

    @Test func `packets of a response that wasn't sent are sent once, either in its repetition or in another response`()
    {
        var repetition = RequestRepetition()
        for stamp: ByteText in ["a1", "a2"] { _ = repetition.isRepeated(poll: stamp) }
        let first = repetition.answer(ByteBuffer(string: "first"), isBinary: false)
        let isRepeated = repetition.isRepeated(poll: "a2")
        #expect(isRepeated)
        let response = repetition.repeatedResponse()
        #expect(response?.bytes == ByteBuffer(string: "first"))
        var mustResend = repetition.mustResend(first)
        #expect(!mustResend)

        _ = repetition.isRepeated(poll: "a3")
        let second = repetition.answer(ByteBuffer(string: "second"), isBinary: false)
        mustResend = repetition.mustResend(second)
        #expect(mustResend)
        let nothing = repetition.repeatedResponse()
        #expect(nothing == nil)
    }

    @Test func `requests that share a time in milliseconds are different requests`() async throws {
        let received = Mutex<[String]>([])
        io["/"].on("say") { (_: Socket, text: String) in received.withLock { $0.append(text) } }
        let target = try await open()
        for name in ["first", "second"] {
            #expect(try await client.post("\(target)&t=1732838400000", body: #"42["say","\#(name)"]"#).text == "ok")
            io.emit(name)
            #expect(try await client.get("\(target)&t=1732838400000").text == #"42["\#(name)"]"#)
        }
        #expect(received.withLock { $0 } == ["first", "second"])
    }

    @Test func `values of the parameter are compared by their bytes, and long ones are not kept`() {
        var repetition = RequestRepetition()
        let long = ByteText(String(repeating: "x", count: 65))
        for stamp: ByteText in ["a1", "\u{E9}", "e\u{301}", long, long] {
            let isRepeated = repetition.isRepeated(poll: stamp)
            #expect(!isRepeated)
        }
        repetition.accept(post: long)
        let isLongRepeated = repetition.isRepeated(post: long)
        #expect(!isLongRepeated)
        let isNothingRepeated = repetition.isRepeated(post: nil)
        #expect(!isNothingRepeated)
    }
}
