import GustAdapter
import GustWire
import NIOCore
import Testing

@testable import GustCluster

/// The bytes of @socket.io/redis-adapter 8.3.0.
@Suite struct ClassicFormatTests {
    let format = ClassicFormat(node: "ko5fkV", namespace: "/")
    let other = ClassicFormat(node: "qwerty", namespace: "/")

    private func text(_ content: ClusterMessage.Content) throws -> String {
        String(buffer: try #require(format.encode(content)).bytes)
    }

    @Test func `a broadcast has the offset of its sender as a fourth element, which servers of Node don't read`() throws
    {
        let content = ClusterMessage.Content.broadcast(.event(name: "a", Arguments()), SocketSelection(), offset: "7")
        let bytes = try #require(ClassicFormat(node: "aaaaaa", namespace: "/").encode(content)).bytes
        // fixarray of 4 … fixstr "7"
        #expect(bytes.readableBytesView.first == 0x94 && Array(bytes.readableBytesView.suffix(2)) == [0xA1, 0x37])
        let message = try #require(try ClassicFormat(node: "bbbbbb", namespace: "/").broadcast(bytes))
        guard case .broadcast(_, _, offset: "7") = message.content else {
            Issue.record("\(message)")
            return
        }
    }

    @Test func `a broadcast is an array of the sender, the packet and the options`() throws {
        var arguments = Arguments()
        try arguments.append("x")
        let (destination, bytes) = try #require(
            format.encode(.broadcast(.event(name: "bcast", arguments), SocketSelection(), offset: nil))
        )
        var expected: [UInt8] = [0x93, 0xA6] + "ko5fkV".utf8
        expected += [0x83, 0xA4] + "type".utf8 + [0x02]
        expected += [0xA4] + "data".utf8 + [0x92, 0xA5] + "bcast".utf8 + [0xA1] + "x".utf8
        expected += [0xA3] + "nsp".utf8 + [0xA1] + "/".utf8
        expected += [0x83, 0xA5] + "rooms".utf8 + [0x90, 0xA6] + "except".utf8 + [0x90, 0xA5] + "flags".utf8 + [0x80]
        #expect(Array(buffer: bytes) == expected)
        guard case .broadcast(room: nil) = destination else {
            Issue.record("\(destination)")
            return
        }
        let message = try #require(try other.broadcast(bytes))
        guard case .broadcast(.event("bcast", let received), let selection, nil) = message.content else {
            Issue.record("\(message)")
            return
        }
        #expect(String(buffer: received.text) == #""x""#)
        #expect(selection.rooms.isEmpty && selection.excluded.isEmpty && !selection.isVolatile)
    }

    @Test func `a broadcast to one room goes to the channel of the room`() throws {
        let event = NamespacePacket.event(name: "e", Arguments())
        let one = try #require(format.encode(.broadcast(event, SocketSelection(rooms: ["r"]), offset: nil)))
        let two = try #require(format.encode(.broadcast(event, SocketSelection(rooms: ["r", "s"]), offset: nil)))
        guard case .broadcast(room: "r"?) = one.destination else {
            Issue.record("\(one.destination)")
            return
        }
        guard case .broadcast(room: nil) = two.destination else {
            Issue.record("\(two.destination)")
            return
        }
    }

    @Test func `attachments are byte strings of MessagePack`() throws {
        var arguments = Arguments()
        try arguments.append(ByteBuffer(bytes: [1, 2]))
        let (_, bytes) = try #require(
            format.encode(.broadcast(.event(name: "b", arguments), SocketSelection(), offset: nil))
        )
        #expect(bytes.readableBytesView.firstRange(of: [0x92, 0xA1, 0x62, 0xC4, 0x02, 0x01, 0x02]) != nil)
        guard case .broadcast(.event(_, let received), _, _)? = try other.broadcast(bytes)?.content else {
            Issue.record("no broadcast")
            return
        }
        #expect(received.attachments == [ByteBuffer(bytes: [1, 2])])
    }

    @Test func `undefined, dates and typed arrays of notepack are read`() throws {
        // ["other1",{type:2,data:["e",undefined,new Date(0),Uint8Array [7]],nsp:"/"},{rooms:[],except:[],flags:{volatile:undefined}}]
        var bytes = ByteBuffer(bytes: [0x93, 0xA6] + "other1".utf8)
        bytes.writeBytes([0x83, 0xA4] + Array("type".utf8) + [0x02, 0xA4] + Array("data".utf8))
        bytes.writeBytes([
            0x94, 0xA1, 0x65, 0xD4, 0x00, 0x00, 0xD7, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0xC7, 0x01, 0x00, 0x07,
        ])
        bytes.writeBytes([0xA3] + Array("nsp".utf8) + [0xA1, 0x2F])
        bytes.writeBytes([0x83, 0xA5] + Array("rooms".utf8) + [0x90, 0xA6] + Array("except".utf8) + [0x90])
        bytes.writeBytes([0xA5] + Array("flags".utf8) + [0x81, 0xA8] + Array("volatile".utf8) + [0xD4, 0x00, 0x00])
        guard case .broadcast(.event("e", let received), let selection, _)? = try format.broadcast(bytes)?.content
        else {
            Issue.record("no broadcast")
            return
        }
        let text = #"null,"1970-01-01T00:00:00.000Z",{"_placeholder":true,"num":0}"#
        #expect(String(buffer: received.text) == text)
        #expect(received.attachments == [ByteBuffer(bytes: [7])])
        #expect(!selection.isVolatile)
    }

    @Test func `the requests are the JSON of the reference server`() throws {
        let selection = SocketSelection(rooms: ["a"], excluded: ["b"])
        let options = #""opts":{"rooms":["a"],"except":["b"]}"#
        #expect(try text(.join(["r"], selection)) == #"{"uid":"ko5fkV","type":2,\#(options),"rooms":["r"]}"#)
        #expect(try text(.leave(["r"], selection)) == #"{"uid":"ko5fkV","type":3,\#(options),"rooms":["r"]}"#)
        #expect(
            try text(.disconnect(selection, closingConnections: false))
                == #"{"uid":"ko5fkV","type":4,\#(options),"close":false}"#
        )
        #expect(
            try text(.fetch(request: "abcdef", selection))
                == #"{"uid":"ko5fkV","requestId":"abcdef","type":5,\#(options)}"#
        )
        var arguments = Arguments()
        try arguments.append(1)
        #expect(try text(.serverEvent(name: "e", arguments)) == #"{"uid":"ko5fkV","type":6,"data":["e",1]}"#)
        #expect(
            try text(.serverAsk(request: "R", name: "e", arguments))
                == #"{"uid":"ko5fkV","requestId":"R","type":6,"data":["e",1]}"#
        )
    }

    @Test func `the responses are the JSON of the reference server`() throws {
        var arguments = Arguments()
        try arguments.append("v")
        #expect(try text(.serverReply(request: "R", arguments)) == #"{"type":6,"requestId":"R","data":"v"}"#)
        #expect(try text(.asked(request: "R", count: 2)) == #"{"type":8,"requestId":"R","clientCount":2}"#)
        #expect(
            try text(.listed(request: "R", ["a"], areRooms: false)) == #"{"requestId":"R","sockets":["a"]}"#
        )
        #expect(try text(.listed(request: "R", ["a"], areRooms: true)) == #"{"requestId":"R","rooms":["a"]}"#)
        #expect(String(buffer: format.confirmation(of: "R")) == #"{"requestId":"R"}"#)
    }

    @Test func `requests of older servers name one socket and want a confirmation`() throws {
        let request = try #require(
            try format.request(ByteBuffer(string: #"{"requestId":"R","type":2,"sid":"s","room":"r"}"#))
        )
        #expect(request.confirmation == "R")
        guard case .join(["r"], let selection) = request.message.content else {
            Issue.record("\(request.message)")
            return
        }
        #expect(selection.rooms == ["s"])
    }

    @Test(arguments: [
        (#"{"uid":"ko5fkV","type":2,"opts":{},"rooms":["r"]}"#, "its own"),
        (#"{"type":77,"requestId":"R"}"#, "of an unknown type"),
    ])
    func `a node ignores requests that aren't for it`(text: String, reason: String) throws {
        #expect(try format.request(ByteBuffer(string: text)) == nil, "\(reason)")
    }

    @Test(arguments: [
        "", "{", "[]", "{}", "null", #"{"type":5,"opts":{}}"#, #"{"type":"2"}"#, #"{"type":2,"opts":[]}"#,
        #"{"type":2,"rooms":{}}"#, #"{"type":6}"#, #"{"type":6,"data":{}}"#, #"{"type":100,"uid":"x"}"#,
        #"{"type":2,"uid":7}"#, "\u{93}\u{A6}",
    ])
    func `what is no request is an error`(text: String) {
        #expect(throws: ClusterFormatError.self) { try format.request(ByteBuffer(string: text)) }
    }

    @Test func `a message nested deeper than 64 levels is an error`() {
        let bytes = ByteBuffer(bytes: Array(repeating: 0x91, count: 100_000))
        let error = #expect(throws: ClusterFormatError.self) { try format.broadcast(bytes) }
        #expect(error?.description.contains("deeper") == true)
    }

    @Test func `an event whose name belongs to the protocol is an error`() throws {
        let text = #"{"type":7,"requestId":"R","packet":{"type":2,"data":["disconnect"]},"opts":{}}"#
        #expect(throws: ClusterFormatError.self) { try format.request(ByteBuffer(string: text)) }
    }

    @Test func `sessions travel in requests that other servers ignore`() throws {
        var argument = Arguments()
        try argument.append(ByteBuffer(bytes: [9]))
        let session = SocketSession(
            id: "s",
            pid: "p",
            rooms: ["r"],
            data: .emptyObject,
            offset: "1",
            missed: [
                .init(offset: "2", nil), .init(offset: "3", .event(name: "e", argument)),
                .init(offset: "4", .message(.text("t"))),
            ]
        )
        let (destination, bytes) = try #require(format.encode(.persist(session)))
        guard case .request = destination else {
            Issue.record("\(destination)")
            return
        }
        guard case .persist(let received)? = try other.request(bytes)?.message.content else {
            Issue.record("no session")
            return
        }
        #expect(received.id == "s" && received.pid == "p" && received.rooms == ["r"] && received.offset == "1")
        #expect(received.missed.map(\.offset) == ["2", "3", "4"])
        #expect(received.missed[0].packet == nil)
        guard case .event("e", let arguments)? = received.missed[1].packet else {
            Issue.record("no event")
            return
        }
        #expect(arguments.attachments == [ByteBuffer(bytes: [9])])
        guard case .message(.text("t"))? = received.missed[2].packet else {
            Issue.record("no text")
            return
        }
    }
}
