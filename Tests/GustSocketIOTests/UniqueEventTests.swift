import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Events with ids, which are handled once although the client sends them several times.
@Suite(.leavesNothing) struct UniqueEventTests {
    private let io: SocketIO
    private let client: TestClient
    private let handled = Recorded<String>()

    init() { self.init(SocketIOSettings()) }

    private init(_ settings: SocketIOSettings) {
        io = SocketIO(settings)
        client = TestClient(EndpointHarness(io))
    }

    /// Registers a handler that returns how many events it has handled.
    private func serveOrders() {
        io["/"].on("order") { [handled] (_: Socket, id: String) in
            handled.add(id)
            return handled.all.count
        }
    }

    // MARK: Duplicates

    @Test(arguments: ClientProfile.withEvents)
    func `a duplicate is not handled and gets the same acknowledgement`(profile: ClientProfile) async throws {
        io["/"].deduplicate("order", idAt: 0)
        serveOrders()
        let socket = try await client.open(profile)
        for _ in 0..<3 { #expect(try await socket.emitWithAcknowledgement("order", "a") == ["1"]) }
        #expect(try await socket.emitWithAcknowledgement("order", "b") == ["2"])
        #expect(handled.all == ["a", "b"])
    }

    @Test func `handlers of a socket and for any event are not called for a duplicate`() async throws {
        io["/"].deduplicate("order", idAt: 1)
        io.onConnect { [handled] socket in
            socket.onAny { handled.add($0.name) }
            socket.on("order") { (_: String, id: Int) in handled.add("\(id)") }
        }
        let socket = try await client.open()
        for _ in 0..<2 { #expect(try await socket.emitWithAcknowledgement("order", "tea", 5) == []) }
        #expect(handled.all == ["order", "5"])
    }

    @Test func `a duplicate waits for the acknowledgement of the event that is being handled`() async throws {
        let gate = Gate()
        io["/"].deduplicate("order", idAt: 0)
        io.onConnect { [handled] socket in
            socket.on("order") { (id: String) async in
                handled.add(id)
                await gate.wait()
                return "done"
            }
        }
        let webSocket = try await client.joinedWebSocket()
        for number in 1...3 { try await webSocket.send("42\(number)[\"order\",\"a\"]") }
        #expect(try await webSocket.nextIfAny() == nil)
        gate.open()
        await client.settle()
        for number in 1...3 { #expect(try await webSocket.nextIfAny() == .text("43\(number)[\"done\"]")) }
        #expect(handled.all == ["a"])
    }

    @Test func `the acknowledgement of a failed event is repeated too`() async throws {
        struct SoldOut: PublicError { let publicText = "sold out" }
        io.onError { _, _, _ in }
        io["/"].deduplicate("order", idAt: 0)
        io["/"].on("order") { [handled] (_: Socket, id: String) throws in
            handled.add(id)
            throw SoldOut()
        }
        let socket = try await client.open()
        for _ in 0..<2 {
            #expect(try await socket.emitWithAcknowledgement("order", "a") == [#"{"error":"sold out"}"#])
        }
        #expect(handled.all == ["a"])
    }

    @Test func `the acknowledgement is known although the first event requested none`() async throws {
        io["/"].deduplicate("order", idAt: 0)
        io["/"].on("order") { [handled] (_: Socket, event: ReceivedEvent) in
            handled.add("\(event.isAcknowledgementRequested)")
            event.acknowledge(with: event.arguments)
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["order",7]"#)
        #expect(try await webSocket.nextIfAny() == nil)
        try await webSocket.send(#"421["order",7,"again"]"#)
        #expect(try await webSocket.nextIfAny() == .text("431[7]"))
        #expect(handled.all == ["false"])
    }

    @Test func `events without an id and of other names are handled each time`() async throws {
        io["/"].deduplicate("order", idAt: 0)
        io.onConnect { [handled] socket in socket.onAny { handled.add("\($0.name) \($0.arguments.text)") } }
        let webSocket = try await client.joinedWebSocket()
        let events = [#"["order"]"#, #"["order",null]"#, #"["order",{"id":1}]"#, #"["other",1]"#]
        for event in events + events { try await webSocket.send("42\(event)") }
        await client.settle()
        #expect(handled.all.count == 8)
    }

    @Test func `an id that is too long is refused`() async throws {
        io.onError { _, _, _ in }
        io["/"].deduplicate("order", idAt: 0)
        serveOrders()
        let socket = try await client.open()
        let long = String(repeating: "x", count: 255)
        #expect(
            try await socket.emitWithAcknowledgement("order", long) == [#"{"error":"the id of the event is too long"}"#]
        )
        #expect(try await socket.emitWithAcknowledgement("order", long.dropLast().description) == ["1"])
    }

    // MARK: Scopes

    @Test func `two sockets may use the same id, in a family of namespaces too`() async throws {
        io["/"].deduplicate("order", idAt: 0)
        serveOrders()
        let family = io.namespaces { $0.hasPrefix("/shop-") }
        family.deduplicate("order", idAt: 0) { _ in "everybody" }
        family.on("order") { (socket: Socket, _: String) in socket.namespace.name }
        for number in 1...2 {
            let socket = try await client.open()
            #expect(try await socket.emitWithAcknowledgement("order", "a") == ["\(number)"])
            let shopper = try await client.open(namespace: "/shop-\(number)")
            #expect(try await shopper.emitWithAcknowledgement("order", "a") == ["\"/shop-\(number)\""])
        }
    }

    @Test func `a scope of the application spans connections`() async throws {
        io["/"].deduplicate("order", idAt: 0) { $0.handshake.query["user"] }
        serveOrders()
        let first = try await client.open(query: "&user=ada")
        #expect(try await first.emitWithAcknowledgement("order", "a") == ["1"])
        try await first.drop()
        let second = try await client.open(over: .polling, query: "&user=ada")
        #expect(try await second.emitWithAcknowledgement("order", "a") == ["1"])
        let other = try await client.open(query: "&user=bob")
        #expect(try await other.emitWithAcknowledgement("order", "a") == ["2"])
    }

    @Test func `an event whose connection is lost while it is handled is answered after recovery`() async throws {
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        let suite = UniqueEventTests(settings)
        let gate = Gate()
        suite.io["/"].deduplicate("order", idAt: 0)
        suite.io["/"].on("order") { [handled = suite.handled] (_: Socket, id: String) async throws in
            handled.add(id)
            await gate.wait()
            try Task.checkCancellation()
            return "done"
        }
        let first = try await suite.client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await first.next()
        try await first.send("40")
        guard case .text(let connect) = try await first.next() else { throw TestError.closed }
        let pid = try #require(connect.split(separator: "\"").dropLast().last)
        try await first.send(#"420["order","a"]"#)
        try await first.close()
        await suite.client.settle()
        let second = try await suite.client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await second.next()
        try await second.send("40{\"pid\":\"\(pid)\"}")
        _ = try await second.next()
        try await second.send(#"421["order","a"]"#)
        #expect(try await second.nextIfAny() == nil)
        gate.open()
        #expect(try await second.next() == .text(#"431["done"]"#))
        #expect(suite.handled.all == ["a"])
    }

    // MARK: Bounds

    @Test func `an event is forgotten after its time`() async throws {
        io["/"].deduplicate("order", idAt: 0, lifetime: .seconds(2))
        serveOrders()
        let socket = try await client.open()
        #expect(try await socket.emitWithAcknowledgement("order", "a") == ["1"])
        await client.advance(by: .milliseconds(1_900))
        #expect(try await socket.emitWithAcknowledgement("order", "a") == ["1"])
        await client.advance(by: .milliseconds(200))
        #expect(try await socket.emitWithAcknowledgement("order", "a") == ["2"])
    }

    @Test func `the oldest events of a scope are forgotten beyond the bound`() async throws {
        io["/"].deduplicate("order", idAt: 0, maximumCount: 2)
        serveOrders()
        let socket = try await client.open()
        for id in ["a", "b", "c"] { _ = try await socket.emitWithAcknowledgement("order", id) }
        #expect(try await socket.emitWithAcknowledgement("order", "b") == ["2"])
        #expect(try await socket.emitWithAcknowledgement("order", "c") == ["3"])
        #expect(try await socket.emitWithAcknowledgement("order", "a") == ["4"])
    }

    @Test func `an event is refused while too many of its scope are being handled`() async throws {
        io.onError { _, _, _ in }
        let gate = Gate()
        io["/"].deduplicate("order", idAt: 0, maximumCount: 1)
        io["/"].on("order") { (_: Socket, _: String) async in
            await gate.wait()
            return "done"
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"421["order","a"]"#)
        try await webSocket.send(#"422["order","b"]"#)
        #expect(try await webSocket.nextIfAny() == .text(#"432[{"error":"too many events are being handled"}]"#))
        gate.open()
        #expect(try await webSocket.next() == .text(#"431["done"]"#))
    }

    @Test func `events that are handled at once are bounded in all scopes together`() throws {
        var limits = UniqueEventTable.Limits(lifetime: .seconds(10), scopeCount: 4)
        limits.running = 2
        var table = UniqueEventTable(limits)
        let now = NIODeadline.uptimeNanoseconds(0)
        guard case .handle(let first) = table.verdict(on: "a", in: "1", nil, at: now),
            case .handle = table.verdict(on: "a", in: "2", nil, at: now),
            case .refuse = table.verdict(on: "a", in: "3", nil, at: now)
        else { throw TestError.closed }
        _ = table.finish(first, "a", in: "1", Arguments())
        guard case .handle = table.verdict(on: "a", in: "3", nil, at: now),
            case .refuse = table.verdict(on: "a", in: "4", nil, at: now),
            // After the lifetime, events that were never acknowledged are forgotten.
            case .handle = table.verdict(on: "a", in: "4", nil, at: now + .seconds(10))
        else { throw TestError.closed }
        #expect(table.count == 1)
    }

    @Test func `all events together are bounded in number and in bytes`() throws {
        var limits = UniqueEventTable.Limits(lifetime: .seconds(10), scopeCount: 4)
        limits.count = 6
        limits.bytes = 100
        var table = UniqueEventTable(limits)
        let now = NIODeadline.uptimeNanoseconds(0)
        let answer = try Arguments.encoding("0123456789")
        for number in 0..<1_000 {
            let (id, scope) = (ByteText("\(number)"), ByteText("\(number % 3)"))
            guard case .handle(let entry) = table.verdict(on: id, in: scope, nil, at: now) else {
                Issue.record("\(number) isn't handled")
                return
            }
            _ = table.finish(entry, id, in: scope, answer)
            #expect(table.count <= 6)
        }
        // Seven answers of 17 bytes would be more than 100.
        guard case .repeated = table.verdict(on: "999", in: "0", nil, at: now) else {
            Issue.record("the newest event has been forgotten")
            return
        }
        let long = try Arguments.encoding(String(repeating: "x", count: 100))
        guard case .handle(let entry) = table.verdict(on: "long", in: "0", nil, at: now) else { return }
        _ = table.finish(entry, "long", in: "0", long)
        #expect(table.count == 0)
    }
}
