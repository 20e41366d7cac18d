/// The objects of a contract, in the order in which they were found.
struct ShapeTable {
    /// One member of an object.
    struct Member: Sendable {
        let name: String
        let shape: ValueShape
    }

    /// The name and the members of each object.
    private(set) var objects: [(name: String, members: [Member])] = []
    private var names: [ObjectIdentifier: String] = [:]

    /// The name of a type that is in the table, or whose members are being collected.
    func name(of type: any Decodable.Type) -> String? { names[ObjectIdentifier(type)] }

    /// Gives a type a name of its own: the name without its module, with a number if another type has it.
    mutating func begin(_ type: any Decodable.Type) -> String {
        let plain = String(describing: type).utf8.map { Self.isLetterOrDigit($0) ? $0 : UInt8(ascii: "_") }
        let base = String(decoding: plain, as: UTF8.self)
        var name = base
        var number = 2
        while names.values.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
            name = "\(base)\(number)"
            number += 1
        }
        names[ObjectIdentifier(type)] = name
        return name
    }

    /// Forgets the name of a type that turned out to be no object.
    mutating func forget(_ type: any Decodable.Type) { names[ObjectIdentifier(type)] = nil }

    /// Adds the members of an object.
    mutating func add(_ name: String, _ members: [Member]) { objects.append((name, members)) }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
