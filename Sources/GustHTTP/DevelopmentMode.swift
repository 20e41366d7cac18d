#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whether this process serves a developer, and not visitors.
///
/// The mode is on if the environment variable `GUST_MODE` is `development` when the process first asks; `gust serve` sets it. Any
/// other value, and no value, means production.
public enum DevelopmentMode {
    /// Whether the mode is on; it never changes in a process.
    public static let isOn = isDevelopment(getenv("GUST_MODE").map { String(cString: $0) })

    /// Whether a value of the variable turns the mode on.
    package static func isDevelopment(_ value: String?) -> Bool { value?.hasSameBytes(as: "development") ?? false }
}
