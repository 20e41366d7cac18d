import GustHTTP
import NIOCore

/// The parts of files that a stream sends, and what was written after the first of them, in order.
///
/// A part is read piece by piece, and only while the peer has room for more. Used on the loop only.
final class StreamedFiles {
    enum Item {
        case bytes(ByteBuffer)
        case region(FileRegion)
        case end(((Bool) -> Void)?)
    }

    private weak var exchange: HTTPStreamExchange?
    private let loop: LoopContext
    private var items = CircularBuffer<Item>()
    private var isReading = false
    private var hasEnded = false

    init(_ exchange: HTTPStreamExchange) {
        self.exchange = exchange
        loop = exchange.loop
    }

    func append(_ item: Item) {
        items.append(item)
        proceed()
    }

    /// The stream has ended.
    ///
    /// Completions are called after the last read, because until then they keep the file open.
    func end() {
        hasEnded = true
        if !isReading { drop() }
    }

    /// Sends the next pieces, as long as the peer has room for them.
    func proceed() {
        while !isReading, !hasEnded, let exchange, exchange.hasRoom, let item = items.first {
            switch item {
            case .bytes(let bytes):
                items.removeFirst()
                exchange.writeCounted(bytes)
            case .end(let completion):
                items.removeFirst()
                exchange.files = nil
                exchange.finish(ByteBuffer(), completion)
            case .region(let region): read(region)
            }
        }
        guard !isReading, items.isEmpty, let exchange, exchange.files === self else { return }
        exchange.files = nil
        exchange.writabilityChanged()
    }

    private func read(_ region: FileRegion) {
        guard region.readableBytes > 0 else {
            items.removeFirst()
            return
        }
        isReading = true
        FilePiece.read(region, loop) { [self] bytes in
            isReading = false
            guard !hasEnded, let exchange else { return drop() }
            guard let bytes else { return exchange.breakOffFile() }
            var rest = region
            rest.moveReaderIndex(forwardBy: bytes.readableBytes)
            if rest.readableBytes > 0 { items[items.startIndex] = .region(rest) } else { items.removeFirst() }
            exchange.writeCounted(bytes)
            exchange.output?.flush()
            proceed()
        }
    }

    private func drop() {
        let items = items
        self.items.removeAll()
        for case .end(let completion) in items { completion?(false) }
    }
}
