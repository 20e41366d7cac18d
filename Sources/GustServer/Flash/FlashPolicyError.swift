/// Why a Flash policy can't be used.
public struct FlashPolicyError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// What is wrong.
    public enum Reason: Sendable, Hashable {
        /// There is no such file, or it can't be read.
        case unreadable
        /// It is longer than ``FlashPolicy/maximumLength``.
        case tooLong
        /// It has a NUL, which would end it early on the wire.
        case containsNUL
    }

    /// What is wrong.
    public let reason: Reason
    /// The file; nil if the policy didn't come from one.
    public let path: String?

    init(_ reason: Reason, path: String?) {
        self.reason = reason
        self.path = path
    }

    /// The error in words.
    public var description: String {
        let name = path.map { "the Flash policy \($0)" } ?? "the Flash policy"
        return switch reason {
        case .unreadable: "\(name) doesn't exist or can't be read"
        case .tooLong: "\(name) is longer than \(FlashPolicy.maximumLength) bytes"
        case .containsNUL: "\(name) has a NUL"
        }
    }
}
