import GustContract
import GustWire
import NIOCore
import Testing

/// The documents of a contract.
@Suite struct DocumentTests {
    private struct Line: Codable {
        var who: String
        var words: [String]?
        var photo: ByteBuffer?
    }

    private enum Colour: String, Codable, CaseIterable { case red, green }

    private struct Chat: Contract {
        let join = ClientEvent<(String, String?), [Line]>(
            "join",
            parameters: ["name", "key"],
            summary: "Joins the room; */ ends no comment."
        )
        let say = ClientEvent<String, Line>("say")
        let leave = ClientEvent<Void, Void>("leave the room")
        let line = ServerEvent<Line, Never>("line")
        let paint = Event<([Colour], [String: Int]?), Never>("paint", parameters: ["default"])
        /// Not an event.
        let other = 7
    }

    @Test func `the types for TypeScript are those of socket.io-client`() throws {
        #expect(
            try Chat().typeScript() == #"""
                // The events of Chat 1.0.0, written by Gust from their declarations in Swift.

                export type Bytes = ArrayBuffer | Uint8Array;

                export interface Line {
                  who: string;
                  words?: string[] | null;
                  photo?: Bytes | null;
                }

                /** The reply to an event that was refused, or whose handler failed. */
                export interface Failure {
                  error: string;
                }

                export interface ClientToServerEvents {
                  /** Joins the room; * / ends no comment. */
                  join: (name: string, key: string | null | undefined, callback: (reply: Line[] | Failure) => void) => void;
                  say: (payload: string, callback: (reply: Line | Failure) => void) => void;
                  "leave the room": (callback: (failure?: Failure) => void) => void;
                  paint: (argument1: ("red" | "green")[], argument2?: { [key: string]: number } | null) => void;
                }

                export interface ServerToClientEvents {
                  line: (payload: Line) => void;
                  paint: (argument1: ("red" | "green")[], argument2?: { [key: string]: number } | null) => void;
                }

                """#
        )
    }

    @Test func `the document of AsyncAPI has the messages, the replies and what the server does with them`() throws {
        struct Document: Decodable {
            struct Operation: Decodable {
                var action: String
            }
            struct Components: Decodable { var messages: [String: JSONSlice], schemas: [String: JSONSlice] }

            var asyncapi: String
            var operations: [String: Operation]
            var components: Components
        }
        let text = try Chat().asyncAPI()
        let document = try JSONSlice(validating: ByteBuffer(string: text)).decode(Document.self)
        #expect(document.asyncapi == "3.0.0")
        #expect(
            document.operations.mapValues(\.action) == [
                "receive_join": "receive", "receive_say": "receive", "receive_leave_the_room": "receive",
                "send_line": "send", "receive_paint": "receive", "send_paint": "send",
            ]
        )
        #expect(
            document.components.messages.keys.sorted() == [
                "join", "leave_the_room", "line", "paint", "reply_to_join", "reply_to_leave_the_room", "reply_to_say",
                "say",
            ]
        )
        #expect(document.components.schemas.keys.sorted() == ["Failure", "Line"])
    }

    @Test func `two events of one sender can't have one name, a client's and the server's can`() throws {
        struct Twice: Contract {
            let one = ClientEvent<Int, Never>("a")
            let two = Event<Int, Never>("a")
        }
        struct Both: Contract {
            let one = ClientEvent<Int, Never>("a")
            let two = ServerEvent<Int, Never>("a")
        }
        let thrown = try #require(throws: ContractError.self) { try Twice().typeScript() }
        #expect(thrown.description == "two events of one sender are called \"a\"")
        #expect(try Both().typeScript().contains("a: (payload: number) => void;"))
    }

    @Test func `a contract without events is a mistake`() throws {
        struct Empty: Contract { let other = 1 }
        let thrown = try #require(throws: ContractError.self) { try Empty().asyncAPI() }
        #expect(thrown.description == "Empty has no stored property that is an event's declaration")
    }
}
