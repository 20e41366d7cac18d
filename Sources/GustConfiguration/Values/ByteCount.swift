#if Configuration
/// A number of bytes: `65536`, `64KiB`, `1MiB`, `10MB`.
public struct ByteCount: SettingValue, Hashable, Comparable {
    private static let units: [(name: String, factor: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000),
        ("B", 1), ("", 1),
    ]

    /// "a size such as 64KiB or 1MiB".
    public static var settingExpectation: String { "a size such as 64KiB or 1MiB" }

    /// The number of bytes.
    public var bytes: Int

    /// The number in the largest unit of which it is a multiple.
    public var settingText: String { UnitText.text(bytes, Self.units.filter { !$0.name.utf8.isEmpty }, zero: "0B") }

    /// Makes a size.
    public init(_ bytes: Int) { self.bytes = bytes }

    /// Reads a whole number, possibly with a unit: `kB`, `MB`, `GB` for powers of 1,000, `KiB`, `MiB`, `GiB` for powers of 1,024.
    public init?(settingText text: String) {
        guard let bytes = UnitText(text)?.product(Self.units) else { return nil }
        self.init(bytes)
    }

    /// Makes a size of multiples of 1,024 bytes.
    public static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }

    /// Makes a size of multiples of 1,048,576 bytes.
    public static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }

    /// Whether the left size is smaller.
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
}
#endif
