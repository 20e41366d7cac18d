import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

extension SocketDataKey where Value == String {
    fileprivate static let username = SocketDataKey("username")
}

extension SocketDataKey where Value == Int {
    fileprivate static let count = SocketDataKey("count")
    fileprivate static let usernameAsNumber = SocketDataKey("username")
}

private struct Place: Codable, Equatable {
    let x: Int
    let y: Double
}

/// The values of one socket.
@Suite(.leavesNothing) struct SocketDataTests {
    private let place = SocketDataKey<Place>("place")

    @Test(arguments: ClientProfile.all)
    func `each socket has values of its own, on every generation and transport`(profile: ClientProfile) async throws {
        let io = SocketIO()
        io.onConnect { socket in
            socket.onMessage { message in
                socket.data.update(.count) { $0 = ($0 ?? 0) + 1 }
                socket.send("\(socket.data[.username] ?? "-") \(socket.data[.count] ?? 0)")
                socket.data[.username] = message.description
            }
        }
        let client = TestClient(EndpointHarness(io))
        let first = try await client.open(profile)
        let second = try await client.open(profile)
        for (name, answer) in [("ada", "- 1"), ("eve", "ada 2")] {
            try await first.send(name)
            #expect(try await first.nextMessage() == .text(answer))
        }
        try await second.send("bob")
        #expect(try await second.nextMessage() == .text("- 1"))
    }

    @Test func `a value is removed by nil, and a value of another type isn't found`() {
        let data = SocketData()
        data[.username] = "ada"
        #expect(data[.usernameAsNumber] == nil)
        #expect(data[.username] == "ada")
        data[.username] = nil
        #expect(data[.username] == nil)
    }

    @Test func `keys are compared by bytes`() {
        let data = SocketData()
        data[SocketDataKey<Int>("\u{E9}")] = 1
        #expect(data[SocketDataKey<Int>("e\u{301}")] == nil)
    }

    @Test func `the encoded form has the values in order of their names, and another node reads it`() throws {
        let data = SocketData()
        #expect(try data.encodedData().description == "{}")
        data[place] = Place(x: 1, y: 2.5)
        data[.username] = "a\"da"
        data[.count] = 3
        let encoded = try data.encodedData()
        #expect(encoded.description == #"{"count":3,"place":{"x":1,"y":2.5},"username":"a\"da"}"#)
        let copy = try SocketData(encoded: encoded)
        #expect(copy[place] == Place(x: 1, y: 2.5))
        #expect(copy[.username] == "a\"da")
        #expect(copy[.usernameAsNumber] == nil)
        copy[.count] = 4
        #expect(try copy.encodedData().description == #"{"count":4,"place":{"x":1,"y":2.5},"username":"a\"da"}"#)
    }

    @Test func `values of another node keep every byte, also names that are canonically equal`() throws {
        let object = #"{"z":1.50,"c":[ 2 ],"b":2}"#
        let text = #"{"x":\#(object),"e\u0301":1,"\u00e9":2,"a":0,"a b":null,"a":3}"#
        let data = try SocketData(encoded: try JSONSlice(validating: ByteBuffer(string: " \(text) ")))
        let sorted = "{\"a\":3,\"a b\":null,\"e\u{301}\":1,\"x\":\(object),\"\u{E9}\":2}"
        #expect(try data.encodedData().description.utf8.elementsEqual(sorted.utf8))
        #expect(data[SocketDataKey<Int>("e\u{301}")] == 1)
        #expect(data[SocketDataKey<Int>("\u{E9}")] == 2)
        #expect(try SocketData(encoded: .emptyObject).encodedData().description == "{}")
    }

    @Test func `a value that JSON has no form for is refused when the values are encoded`() throws {
        let data = SocketData()
        data[SocketDataKey<Double>("half")] = .nan
        #expect(throws: EncodingError.self) { try data.encodedData() }
        #expect(data[SocketDataKey<Double>("half")]?.isNaN == true)
    }

    @Test func `an encoded form that isn't an object is refused`() throws {
        for text in ["[1]", "null", "3"] {
            let json = try JSONSlice(validating: ByteBuffer(string: text))
            #expect(throws: (any Error).self) { try SocketData(encoded: json) }
        }
    }

    @Test func `values that many threads count at once are all counted`() async {
        let data = SocketData()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<200 { data.update(.count) { $0 = ($0 ?? 0) + 1 } } }
            }
        }
        #expect(data[.count] == 1_600)
    }
}
