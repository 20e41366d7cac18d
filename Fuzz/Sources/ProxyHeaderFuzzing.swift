import GustServer
import NIOCore

/// Fuzzes the headers of the PROXY protocol: the result doesn't depend on how the bytes arrive, and nothing is read too far.
enum ProxyHeaderFuzzing {
    private enum Outcome: Equatable {
        case more
        case header(ProxyHeader, length: Int)
        case error(ProxyHeaderError)
    }

    static func run(_ input: Input) {
        let whole = outcome(input.buffer)
        var received = ByteBuffer()
        var last = Outcome.more
        for byte in input.bytes {
            received.writeInteger(byte)
            last = outcome(received)
            if last != .more { break }
        }
        require(last == whole, "\(whole) at once, \(last) byte by byte")
        guard case .header(let header, let length) = whole else {
            require(whole != .more || input.bytes.count < ProxyHeader.maximumBinary, "an endless header is waited for")
            return
        }
        require(length <= ProxyHeader.maximumBinary && length >= 15, "a header of \(length) bytes")
        require(header.client.map { $0.port != nil } ?? true, "\(header) has no port")
    }

    private static func outcome(_ bytes: ByteBuffer) -> Outcome {
        var bytes = bytes
        let count = bytes.readableBytes
        do throws(ProxyHeaderError) {
            guard let header = try ProxyHeader.read(&bytes) else {
                require(bytes.readableBytes == count, "bytes of an incomplete header were taken")
                return .more
            }
            return .header(header, length: count - bytes.readableBytes)
        } catch {
            return .error(error)
        }
    }
}
