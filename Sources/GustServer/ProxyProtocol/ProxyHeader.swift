import GustHTTP
package import NIOCore

/// A header of the PROXY protocol, version 1 or 2, with which a proxy begins a connection.
///
/// Source: HAProxy's specification, `doc/proxy-protocol.txt`, revision of 2020-03-05, sections 2.1 and 2.2.
package struct ProxyHeader: Equatable, Sendable {
    /// The longest header of version 1, in bytes, with its CRLF.
    static let maximumText = 107
    /// The longest header of version 2 that is accepted, in bytes; its length field would allow 65,551.
    package static let maximumBinary = 4_096

    /// The address of the client; nil if the connection is the proxy's own (`LOCAL`), or if the proxy doesn't know the client.
    package let client: SocketAddress?

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let textSignature = Array("PROXY ".utf8)

    /// Reads a header from the beginning of `bytes`, and moves the reader index behind it.
    ///
    /// - Returns: nil if more bytes are needed; `bytes` is unchanged then.
    /// - Throws: ``ProxyHeaderError`` as soon as the bytes can't become a header.
    package static func read(_ bytes: inout ByteBuffer) throws(ProxyHeaderError) -> ProxyHeader? {
        let view = bytes.readableBytesView
        guard let first = view.first else { return nil }
        let isText = first == UInt8(ascii: "P")
        let signature = isText ? textSignature : signature
        guard view.prefix(signature.count).elementsEqual(signature.prefix(view.count)) else { throw .signature }
        guard view.count >= signature.count else { return nil }
        return isText ? try readText(&bytes) : try readBinary(&bytes)
    }

    // MARK: Version 1

    private static func readText(_ bytes: inout ByteBuffer) throws(ProxyHeaderError) -> ProxyHeader? {
        let view = bytes.readableBytesView.prefix(maximumText)
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
            guard view.count < maximumText else { throw .tooLong }
            return nil
        }
        let line = view[view.startIndex..<end]
        guard line.last == UInt8(ascii: "\r") else { throw .signature }
        let header = ProxyHeader(client: try client(line.dropFirst(textSignature.count).dropLast()))
        bytes.moveReaderIndex(forwardBy: line.count + 1)
        return header
    }

    private static func client(_ line: ByteBufferView) throws(ProxyHeaderError) -> SocketAddress? {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard let family = parts.first else { throw .family }
        // What follows UNKNOWN must be ignored.
        if family.elementsEqual("UNKNOWN".utf8) { return nil }
        let isIPv6 = family.elementsEqual("TCP6".utf8)
        guard isIPv6 || family.elementsEqual("TCP4".utf8) else { throw .family }
        guard parts.count == 5 else { throw .address }
        let address = try address(parts[1], port: try port(parts[3]), isIPv6: isIPv6)
        _ = try Self.address(parts[2], port: try port(parts[4]), isIPv6: isIPv6)
        return address
    }

    private static func address(
        _ text: ByteBufferView,
        port: Int,
        isIPv6: Bool
    ) throws(ProxyHeaderError) -> SocketAddress {
        let digits = text.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): true
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"): isIPv6
            default: false
            }
        }
        guard digits, let address = AddressRange.address(String(decoding: text, as: UTF8.self), port: port),
            address.protocol == (isIPv6 ? .inet6 : .inet)
        else { throw .address }
        return address
    }

    /// A number from 0 to 65535 without leading zeros.
    private static func port(_ digits: ByteBufferView) throws(ProxyHeaderError) -> Int {
        guard (1...5).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else {
            throw .port
        }
        var port = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { throw .port }
            port = port * 10 + Int(digit - UInt8(ascii: "0"))
        }
        guard port <= 65_535 else { throw .port }
        return port
    }

    // MARK: Version 2

    private static func readBinary(_ bytes: inout ByteBuffer) throws(ProxyHeaderError) -> ProxyHeader? {
        let start = bytes.readerIndex + signature.count
        guard let command = bytes.getInteger(at: start, as: UInt8.self) else { return nil }
        guard command >> 4 == 2 else { throw .version }
        guard command & 0x0F <= 1 else { throw .command }
        guard let family = bytes.getInteger(at: start + 1, as: UInt8.self) else { return nil }
        guard let length = addressLength(family) else { throw .family }
        guard let rest = bytes.getInteger(at: start + 2, as: UInt16.self).map(Int.init) else { return nil }
        let headLength = signature.count + 4
        guard headLength + rest <= maximumBinary else { throw .tooLong }
        let isLocal = command & 0x0F == 0
        // LOCAL: the receiver must ignore the addresses, whatever they are.
        guard isLocal || rest >= length else { throw .addressLength }
        guard bytes.readableBytes >= headLength + rest else { return nil }
        let addresses = bytes.getSlice(at: start + 4, length: rest) ?? ByteBuffer()
        bytes.moveReaderIndex(forwardBy: headLength + rest)
        // The extensions (TLV) after the addresses are skipped.
        return ProxyHeader(client: isLocal ? nil : try client(addresses, family: family))
    }

    /// The length of the addresses of a family and a protocol, in bytes; nil for an unknown one.
    private static func addressLength(_ family: UInt8) -> Int? {
        switch family {
        case 0x00: 0
        case 0x11, 0x12: 12
        case 0x21, 0x22: 36
        case 0x31, 0x32: 216
        default: nil
        }
    }

    /// The address of the client; nil for families other than TCP, whose addresses the receiver ignores.
    private static func client(_ addresses: ByteBuffer, family: UInt8) throws(ProxyHeaderError) -> SocketAddress? {
        let length: Int
        switch family {
        case 0x11: length = 4
        case 0x21: length = 16
        default: return nil
        }
        let start = addresses.readerIndex
        guard let address = addresses.getSlice(at: start, length: length),
            let port = addresses.getInteger(at: start + 2 * length, as: UInt16.self)
        else { throw .addressLength }
        do {
            return try SocketAddress(packedIPAddress: address, port: Int(port))
        } catch {
            throw .address
        }
    }
}
