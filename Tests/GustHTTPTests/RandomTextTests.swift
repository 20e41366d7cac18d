import GustHTTP
import Testing

/// Random secrets as text.
@Suite struct RandomTextTests {
    /// Returns the same number always and counts the calls.
    private struct Fixed: RandomNumberGenerator {
        let number: UInt64
        var count = 0

        mutating func next() -> UInt64 {
            count += 1
            return number
        }
    }

    @Test(arguments: [(0, 0), (1, 1), (10, 1), (11, 2), (22, 3)])
    func `one number makes ten characters of six bits each`(length: Int, numbers: Int) {
        // The lowest bits first: 0, 1, … 9, which are letters.
        var generator = Fixed(number: (0..<10).reduce(0) { $0 | UInt64($1) << (6 * $1) })
        let text = RandomText.make(length, using: &generator)
        #expect(text == String(String(repeating: "ABCDEFGHIJ", count: 3).prefix(length)))
        #expect(generator.count == numbers)
    }

    @Test func `the highest six bits make the last character of the alphabet`() {
        var generator = Fixed(number: .max)
        #expect(RandomText.make(3, using: &generator) == "___")
    }

    @Test func `a thousand secrets all differ`() {
        let secrets = (0..<1_000).map { _ in RandomText.make(22) }
        #expect(Set(secrets).count == 1_000)
        #expect(secrets.allSatisfy { $0.utf8.count == 22 })
    }
}
