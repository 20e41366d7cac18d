import GustHTTP
import Synchronization

/// A choice of the sockets of this process for a list, one page at a time.
package struct SocketSearch: Sendable {
    /// The beginning of an id or of an address, or the whole name of a room; empty for all sockets.
    package let text: String
    /// The position behind which the page begins; nil for the first page.
    package let start: SocketPosition?
    /// How many sockets a page has.
    package let length: Int

    /// Makes a search.
    package init(_ text: String = "", from start: SocketPosition? = nil, length: Int = 50) {
        self.text = text
        self.start = start
        self.length = length
    }

    /// One page of the sockets that were found.
    package struct Page: Sendable, Encodable {
        /// The sockets of the page, the newest connections first.
        package var sockets: [SocketListing] = []
        /// The number of all sockets that match, on this page, before it and behind it.
        package var total = 0
        /// The position of the next page; nil if there is none.
        package var next: SocketPosition?
    }

    private func matches(_ socket: Socket) -> Bool {
        text.isEmpty || socket.id.hasBytePrefix(text) || socket.handshake.address?.hasBytePrefix(text) == true
            || socket.roomKeys.withLock { $0.contains(ByteText(text)) }
    }

    /// The page with the sockets of one loop; called on it.
    ///
    /// Only the sockets that may be on the page are sorted, so that the time grows with the number of connections and no faster.
    func page(of connections: [Connection]) -> Page {
        var page = Page()
        var best: [(position: SocketPosition, socket: Socket)] = []
        for connection in connections where connection.isOnLoop {
            connection.forEachSocket { socket in
                guard matches(socket) else { return }
                page.total += 1
                // The newest are first, so nearly all are refused by this comparison of numbers.
                if best.count > length, let last = best.last, socket.handshake.issued < last.position.since { return }
                let position = SocketPosition(socket)
                if let start, position <= start { return }
                if best.count > length, let last = best.last, position > last.position { return }
                let index = best.firstIndex { position < $0.position } ?? best.endIndex
                best.insert((position, socket), at: index)
                if best.count > length + 1 { best.removeLast() }
            }
        }
        page.sockets = best.map { SocketListing($0.socket) }
        return page
    }

    /// The page of all loops.
    func page(joining pages: [Page]) -> Page {
        var page = Page()
        page.total = pages.reduce(0) { $0 + $1.total }
        let sockets = pages.flatMap(\.sockets).sorted { SocketPosition($0) < SocketPosition($1) }
        page.sockets = Array(sockets.prefix(length))
        page.next = sockets.count > length ? page.sockets.last.map(SocketPosition.init) : nil
        return page
    }
}

extension Connection {
    /// Calls `body` with each socket, without making an array; called on the loop.
    func forEachSocket(_ body: (Socket) -> Void) {
        if let rootSocket { body(rootSocket) }
        for socket in otherSockets.values { body(socket) }
    }
}
