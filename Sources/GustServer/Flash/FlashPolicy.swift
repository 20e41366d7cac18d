import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which pages' Flash movies may connect here: a cross-domain policy, as web-socket-js asks for it before it connects.
///
/// Served by a ``FlashPolicyServer`` on port 843, and by ``HTTPServer`` on its own port if the configuration has one: a
/// Flash movie tries the first for three seconds, then the second.
public struct FlashPolicy: Sendable, Hashable {
    /// The longest policy, in bytes.
    public static let maximumLength = 64 * 1_024

    /// Lets everybody connect to every port, as Socket.IO's servers did.
    public static let standard = FlashPolicy(
        validated: ByteBuffer(
            string: """
                <?xml version="1.0"?>
                <!DOCTYPE cross-domain-policy SYSTEM "http://www.adobe.com/xml/dtds/cross-domain-policy.dtd">
                <cross-domain-policy>
                    <allow-access-from domain="*" to-ports="*"/>
                </cross-domain-policy>

                """
        )
    )

    /// The policy with the NUL that ends it on the wire.
    let answer: ByteBuffer

    /// Wraps a policy's XML, which isn't read.
    ///
    /// - Throws: ``FlashPolicyError`` if it is longer than ``maximumLength``, or has a NUL.
    public init(_ xml: String) throws(FlashPolicyError) {
        let bytes = ByteBuffer(string: xml)
        guard bytes.readableBytes <= Self.maximumLength else { throw FlashPolicyError(.tooLong, path: nil) }
        guard !bytes.readableBytesView.contains(0) else { throw FlashPolicyError(.containsNUL, path: nil) }
        self.init(validated: bytes)
    }

    /// Reads a policy from a file, once; blocks meanwhile, so call it before the server runs.
    ///
    /// - Throws: ``FlashPolicyError`` with the path, if there is no such file, or as ``init(_:)``.
    public init(contentsOf path: String) throws(FlashPolicyError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FlashPolicyError(.unreadable, path: path)
        }
        guard data.count <= Self.maximumLength else { throw FlashPolicyError(.tooLong, path: path) }
        guard !data.contains(0) else { throw FlashPolicyError(.containsNUL, path: path) }
        self.init(validated: ByteBuffer(bytes: data))
    }

    private init(validated xml: ByteBuffer) {
        var answer = xml
        answer.writeInteger(UInt8(0))
        self.answer = answer
    }
}
