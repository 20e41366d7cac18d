import GustWire
import NIOCore
import Testing

@testable import GustContract

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The shapes of types, found by decoding them.
@Suite struct ShapeTests {
    private struct Person: Codable {
        var name: String
        var age: Int?
        var score: Double
        var isIn: Bool
        var tags: Set<String>
        var friends: [Person]
        var birthday: Date
        var photo: Data
        var page: URL
        var id: UUID
        var balance: Decimal
        var more: JSONSlice
        var rooms: [String: [Int8]]
    }

    private enum Colour: String, Codable, CaseIterable { case red, green }
    private enum Level: Int, Codable, CaseIterable { case low = 1, high = 3 }
    private enum Open: String, Codable { case yes }
    private enum Choice: Codable { case one(Int), two }

    private final class Tree: Codable, Sendable {
        let left: Tree?
        let right: Tree?

        init() { (left, right) = (nil, nil) }
    }

    private struct Pair: Codable {
        let x: Int
        let y: String

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            x = try container.decode(Int.self)
            y = try container.decode(String.self)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(x)
            try container.encode(y)
        }
    }

    private struct Even: Codable {
        let number: Int

        init(from decoder: any Decoder) throws {
            number = try decoder.singleValueContainer().decode(Int.self)
            guard number % 2 == 1 else { throw CancellationError() }
        }

        func encode(to encoder: any Encoder) throws { try number.encode(to: encoder) }
    }

    private struct Holder: Codable { var even: Even }

    private struct Described: Codable, ShapeDescribed {
        static let shape = ValueShape.literals(["1", "\"one\""])
        var choice: Choice
    }

    private func shape(_ type: any Decodable.Type) throws -> String { text(try ShapeFinder().shape(of: type)) }

    private func text(_ shape: ValueShape) -> String { "\(shape)" }

    @Test func `a struct is an object with the shapes of its members`() throws {
        let finder = ShapeFinder()
        #expect(text(try finder.shape(of: Person.self)) == text(.object("Person")))
        let members = try #require(finder.table.objects.first?.members)
        let shapes: [(String, ValueShape)] = [
            ("name", .string), ("age", .optional(.integer)), ("score", .number), ("isIn", .boolean),
            ("tags", .array(.string)),
            ("friends", .array(.object("Person"))), ("birthday", .date), ("photo", .bytes), ("page", .string),
            ("id", .string),
            ("balance", .number), ("more", .any), ("rooms", .dictionary(.array(.integer))),
        ]
        #expect(members.map(\.name) == shapes.map(\.0))
        #expect(members.map { text($0.shape) } == shapes.map { text($0.1) })
        #expect(finder.table.objects.count == 1)
    }

    @Test func `the cases of an enum with raw values are listed, or the type of its raw value is known`() throws {
        #expect(try shape(Colour.self) == text(.literals([#""red""#, #""green""#])))
        #expect(try shape(Level.self) == text(.literals(["1", "3"])))
        #expect(try shape(Open.self) == text(.string))
    }

    @Test func `a type that refers to itself ends`() throws {
        let finder = ShapeFinder()
        #expect(text(try finder.shape(of: Tree.self)) == text(.object("Tree")))
        let child = text(.optional(.object("Tree")))
        #expect(finder.table.objects.first?.members.map { text($0.shape) } == [child, child])
    }

    @Test func `elements of different shapes are a tuple`() throws {
        #expect(try shape(Pair.self) == text(.tuple([.integer, .string])))
    }

    @Test func `dictionaries whose keys are no members are arrays`() throws {
        #expect(try shape([Int: Bool].self) == text(.dictionary(.boolean)))
        #expect(try shape([Double: Bool].self) == text(.array(.any)))
    }

    @Test func `two types of one name get names of their own`() throws {
        enum Inner { struct Person: Codable { var name: String } }
        let finder = ShapeFinder()
        #expect(text(try finder.shape(of: Inner.Person.self)) == text(.object("Person")))
        #expect(text(try finder.shape(of: Person.self)) == text(.object("Person2")))
    }

    @Test func `what can't be found out is an error that says what to do`() throws {
        let choice = try #require(throws: ContractError.self) { try shape(Choice.self) }
        #expect(choice.description.contains("the shape of Choice in JSON can't be found out"))
        #expect(choice.description.contains("ShapeDescribed"))
        #expect(try shape(Even.self) == text(.integer))
        let holder = try #require(throws: ContractError.self) { try shape(Holder.self) }
        #expect(holder.description.contains("Even can't be decoded from a sample value"))
        #expect(try shape([Described].self) == text(.array(.literals(["1", "\"one\""]))))
    }
}
