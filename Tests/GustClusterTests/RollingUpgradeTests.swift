import GustAdapter
import GustHTTP
import GustWire
import NIOCore
import Testing

@testable import GustCluster

/// Nodes of two versions on one bus: a message of the version before is understood, and what a later version adds is ignored.
///
/// The texts are those of the first version with this format. They must stay as they are: nodes of all versions since then may meet.
@Suite struct RollingUpgradeTests {
    private let format = ClusterMessageFormat(node: "new", namespace: "/", isExtended: true)

    private static let first: [(text: String, content: String)] = [
        (
            #"{"type":3,"data":{"packet":{"type":2,"data":["a",1]},"opts":{"rooms":["r"],"except":["x"],"flags":{}},"offset":"7"},"uid":"old","nsp":"/"}"#,
            "broadcast a [1] to [r] but [x] at 7"
        ),
        (
            #"{"type":3,"data":{"packet":{"type":2,"data":["a"]},"opts":{"rooms":[],"except":[],"flags":{"timeout":500}},"requestId":"R"},"uid":"old","nsp":"/"}"#,
            "ask R a"
        ),
        (#"{"type":11,"data":{"requestId":"R","clientCount":3},"uid":"old","nsp":"/"}"#, "asked R 3"),
        (
            #"{"type":4,"data":{"opts":{"rooms":["a"],"except":[],"flags":{}},"rooms":["r"]},"uid":"old","nsp":"/"}"#,
            "join [r] of [a]"
        ),
        (
            #"{"type":6,"data":{"opts":{"rooms":["a"],"except":[],"flags":{}},"close":true},"uid":"old","nsp":"/"}"#,
            "disconnect [a] true"
        ),
        (#"{"type":9,"data":{"packet":["e",1]},"uid":"old","nsp":"/"}"#, "server event e [1]"),
        (#"{"type":9,"data":{"requestId":"R","packet":["e",1]},"uid":"old","nsp":"/"}"#, "server ask R e [1]"),
        (#"{"type":1,"uid":"old","nsp":"/"}"#, "hello"),
    ]

    private func text(_ content: ClusterMessage.Content?) -> String? {
        switch content {
        case .broadcast(.event(let name, let arguments), let selection, let offset):
            "broadcast \(name) \(arguments.list) to \(selection.rooms.list) "
                + "but \(selection.excluded.list) at \(offset ?? "-")"
        case .ask(let request, .event(let name, _), _, _): "ask \(request) \(name)"
        case .asked(let request, let count): "asked \(request) \(count)"
        case .join(let rooms, let selection): "join \(rooms.list) of \(selection.rooms.list)"
        case .disconnect(let selection, let closes): "disconnect \(selection.rooms.list) \(closes)"
        case .serverEvent(let name, let arguments): "server event \(name) \(arguments.list)"
        case .serverAsk(let request, let name, let arguments): "server ask \(request) \(name) \(arguments.list)"
        case .hello: "hello"
        case nil: nil
        default: "another"
        }
    }

    @Test(arguments: first)
    func `a message of the first version is understood`(text: String, content: String) throws {
        #expect(try self.text(format.decode(ByteBuffer(string: text))?.content) == content)
    }

    @Test(arguments: first)
    func `members that a later version adds are ignored, at any depth`(text: String, content: String) throws {
        // Each object gets a member more.
        var later = ""
        for character in text.unicodeScalars {
            later.unicodeScalars.append(character)
            if character == "{" { later += #""later":[{"x":1},"y"],"# }
        }
        later = later.replacing(#","y"],}"#, with: #","y"]}"#)
        #expect(try self.text(format.decode(ByteBuffer(string: later))?.content) == content)
    }

    @Test(arguments: [50, 99, 1_000])
    func `a message of a type that a later version adds is ignored, and is no error`(type: Int) throws {
        let text = #"{"type":\#(type),"data":{"x":1},"uid":"old","nsp":"/"}"#
        #expect(try format.decode(ByteBuffer(string: text)) == nil)
        let request = ByteBuffer(string: #"{"uid":"old","type":\#(type),"x":1}"#)
        #expect(try ClassicFormat(node: "new", namespace: "/").request(request) == nil)
    }

    @Test func `a node of the version before reads a message of this one`() throws {
        // What the first version requires: type, uid, nsp, data with packet and opts.
        let packet = NamespacePacket.event(name: "a", Arguments())
        let bytes = try #require(try format.encode(.broadcast(packet, SocketSelection(rooms: ["r"]), offset: "7")))
        let expected =
            #"{"type":3,"data":{"packet":{"type":2,"data":["a"]},"opts":{"rooms":["r"],"except":[],"flags":{}},"offset":"7"},"uid":"new","nsp":"/"}"#
        #expect(String(buffer: bytes) == expected)
    }
}

extension [String] {
    fileprivate var list: String { "[\(joined(separator: ","))]" }
}

extension Arguments {
    fileprivate var list: String { (0..<count).compactMap { self[$0].map { String(buffer: $0.bytes) } }.list }
}
