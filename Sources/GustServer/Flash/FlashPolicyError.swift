/// The reason why a Flash policy can't be used.
package struct FlashPolicyError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// What is wrong.
    package enum Reason: Sendable, Hashable {
        /// The file doesn't exist or can't be read.
        case unreadable
        /// The policy is longer than ``FlashPolicy/maximumLength``.
        case tooLong
        /// The policy contains a NUL, which would end it early on the wire.
        case containsNUL
    }

    /// What is wrong.
    package let reason: Reason
    /// The path of the file; nil if the policy wasn't read from a file.
    package let path: String?

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
        case .containsNUL: "\(name) contains a NUL"
        }
    }
}
