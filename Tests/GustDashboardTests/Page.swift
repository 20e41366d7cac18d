import Gust
import GustTesting
import NIOCore

/// The connection of a page of the dashboard.
struct Page {
    struct Listing: Decodable, Equatable {
        var id: String
        var namespace: String
        var revision: String
        var transport: String
        var address: String?
        var rooms: [String]
        var roomCount: Int
    }

    struct Found: Decodable {
        var sockets: [Listing]
        var total: Int
        var next: JSONSlice?
    }

    struct News: Decodable {
        struct Packet: Decodable {
            var number: Int
            var isSent: Bool
            var size: Int
            var isBinary: Bool
            var text: String
        }

        var socket: Listing
        var packets: [Packet]
        var missed: Int
        var hasEnded: Bool
    }

    struct Summary: Decodable {
        struct Count: Decodable, Equatable {
            var name: String
            var count: Int
        }

        struct Room: Decodable, Equatable {
            var namespace: String
            var room: String
            var count: Int
        }

        struct Rates: Decodable {
            var packetsIn: Double
        }

        struct Handler: Decodable {
            var event: String
            var count: Int
        }

        var connections: Int
        var sockets: Int
        var viewers: Int
        var rates: Rates?
        var revisions: [Count]
        var namespaces: [Count]
        var rooms: [Room]
        var handlers: [Handler]
    }

    let socket: TestSocket

    /// The argument of the next event with this name; others before it are dropped.
    func next<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) async throws -> Value {
        while true {
            switch try await socket.next() {
            case .event(let event, let texts, _) where event == name:
                return try JSONSlice(validating: ByteBuffer(string: texts[0])).decode(type)
            case .event: continue
            case let other: throw TestError.unexpected("\(other)")
            }
        }
    }

    /// The answer to a question.
    func ask<Value: Decodable>(_ name: String, _ question: some Encodable, as type: Value.Type) async throws -> Value {
        let texts = try await socket.emitWithAcknowledgement(name, question)
        return try JSONSlice(validating: ByteBuffer(string: texts[0])).decode(type)
    }

    func find(_ text: String) async throws -> Found { try await ask("sockets", ["text": text], as: Found.self) }

    func watch(_ visitor: TestSocket, in namespace: String = "/") async throws -> Listing {
        try await ask("watch", ["namespace": namespace, "id": visitor.id], as: Listing.self)
    }

    /// The text of the error with which the server refuses to act.
    func refusal(of action: String, _ parameters: [String: String]) async throws -> String? {
        let texts = try await socket.emitWithAcknowledgement(action, parameters)
        guard let text = texts.first else { return nil }
        return try JSONSlice(validating: ByteBuffer(string: text)).decode([String: String].self)["error"]
    }
}
