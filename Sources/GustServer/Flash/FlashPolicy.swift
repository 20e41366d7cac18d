import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A cross-domain policy: the sites whose Flash movies may connect to this server.
///
/// Flash requests the policy before a movie such as web-socket-js opens its connection. `FlashPolicyServer` serves the
/// policy on port 843; ``HTTPServer`` serves it on its own port if ``HTTPServer/Configuration/flashPolicy`` is set. Flash
/// tries port 843 for three seconds, then the port of the connection.
package struct FlashPolicy: Sendable, Hashable {
    /// The maximum length of a policy, in bytes.
    package static let maximumLength = 64 * 1_024

    /// The policy that Socket.IO's servers had: movies of every site may connect to every port.
    package static let standard = FlashPolicy(
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

    /// The policy, followed by the NUL that ends it on the wire.
    let answer: ByteBuffer

    /// Makes a policy of its XML, which isn't parsed.
    ///
    /// - Throws: An error if `xml` is longer than `maximumLength`, or contains a NUL.
    package init(_ xml: String) throws {
        let bytes = ByteBuffer(string: xml)
        guard bytes.readableBytes <= Self.maximumLength else { throw FlashPolicyError(.tooLong, path: nil) }
        guard !bytes.readableBytesView.contains(0) else { throw FlashPolicyError(.containsNUL, path: nil) }
        self.init(validated: bytes)
    }

    /// Reads a policy from a file, once.
    ///
    /// This blocks the calling thread, so call it before the server runs.
    ///
    /// - Throws: An error with the path, if the file doesn't exist or can't be read, is longer than
    ///   `maximumLength`, or contains a NUL.
    package init(contentsOf path: String) throws {
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
