import GustHTTP
import Testing

/// Secrets as text.
@Suite struct RandomTextTests {
    /// Says the same number always, and counts how often it was asked.
    private struct Fixed: RandomNumberGenerator {
        let number: UInt64
        var count = 0

        mutating func next() -> UInt64 {
            count += 1
            return number
        }
    }

    @Test(arguments: [(0, 0), (1, 1), (10, 1), (11, 2), (22, 3)])
    func `ten characters come of one number, six bits each`(length: Int, numbers: Int) {
        // The lowest bits first: 0, 1, … 9, which are letters.
        var generator = Fixed(number: (0..<10).reduce(0) { $0 | UInt64($1) << (6 * $1) })
        let text = RandomText.make(length, using: &generator)
        #expect(text == String(String(repeating: "ABCDEFGHIJ", count: 3).prefix(length)))
        #expect(generator.count == numbers)
    }

    @Test func `the highest number is a character as well`() {
        var generator = Fixed(number: .max)
        #expect(RandomText.make(3, using: &generator) == "___")
    }

    @Test func `two secrets are never the same`() {
        let secrets = (0..<1_000).map { _ in RandomText.make(22) }
        #expect(Set(secrets).count == 1_000)
        #expect(secrets.allSatisfy { $0.utf8.count == 22 })
    }
}
