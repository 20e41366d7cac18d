package import GustWire
package import NIOCore

/// What a server sends first: the sid of the connection, and the times of a connection.
package struct ServerGreeting: Sendable {
    /// 1 to 256 printable characters of ASCII.
    package let sid: String
    /// The times and limits of the server; nil in 0.6, whose servers don't send them.
    package let handshake: Handshake?
    /// The messages of 0.6 that follow the sid in the same frame; nil if there are none.
    package let rest: ByteBuffer?

    /// The longest sid in bytes.
    private static let maximumSid = 256
    /// The longest greeting in bytes; those of servers have less than a kilobyte.
    private static let maximumLength = 65_536
    /// The most transports in a greeting.
    private static let maximumTransports = 16
    /// The longest time, a day, in milliseconds.
    private static let maximumTime = 86_400_000
    /// The longest payload that a server accepts if it doesn't send the limit: engine.io's `maxHttpBufferSize` (6.6).
    private static let usualMaximumPayload = 1_000_000

    private init(sid: String, handshake: Handshake?, rest: ByteBuffer? = nil) {
        self.sid = sid
        self.handshake = handshake
        self.rest = rest
    }

    /// Reads the first frame on a transport: the `OPEN` packet (1.x and later), or the message with the sid (0.6).
    ///
    /// - Throws: ``WireError`` if the frame is another packet or one of its values is missing or out of range: both times must be
    ///   positive and at most a day, and there are at most 16 upgrades. It always throws in 0.9, where the sid is in the response to a
    ///   handshake over HTTP.
    package static func read(_ frame: Frame, of revision: Revision) throws(WireError) -> ServerGreeting {
        guard case .text(let text) = frame else { throw WireError(.unexpectedFrame) }
        switch ClientGrammar.of(revision).greeting {
        case .packet: return try read(open: text)
        case .message: return try read(message: text)
        case .request: throw WireError(.unexpectedFrame)
        }
    }

    // MARK: 1.x and later

    private static func read(open text: ByteBuffer) throws(WireError) -> ServerGreeting {
        guard text.readableBytes <= maximumLength else { throw WireError(.tooLong, at: maximumLength) }
        var object = text
        guard let type = object.readInteger(as: UInt8.self) else { throw WireError(.empty) }
        guard type == UInt8(ascii: "0") else { throw WireError(.unknownType) }
        let members = try checked(object).members
        guard let members else { throw WireError(.invalidPayload, at: 1) }
        // As in JavaScript, the last of several members with the same name counts.
        func member(_ name: String) -> JSONSlice? {
            members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
        }
        guard let sid = member("sid")?.string, isSid(sid.utf8), let interval = time(member("pingInterval")),
            let timeout = time(member("pingTimeout")), let upgrades = names(member("upgrades")),
            let maximumPayload = member("maxPayload").map(\.integer) ?? usualMaximumPayload, maximumPayload > 0
        else { throw WireError(.invalidPayload, at: 1) }
        return ServerGreeting(
            sid: sid,
            handshake: Handshake(
                sid: sid,
                upgrades: upgrades,
                pingInterval: interval,
                pingTimeout: timeout,
                maximumPayload: maximumPayload
            )
        )
    }

    private static func checked(_ object: ByteBuffer) throws(WireError) -> JSONSlice {
        do throws(WireError) {
            return try JSONSlice(received: object)
        } catch {
            throw WireError(error.problem, at: error.offset + 1)
        }
    }

    private static func time(_ value: JSONSlice?) -> Duration? {
        guard let number = value?.integer, (1...maximumTime).contains(number) else { return nil }
        return .milliseconds(number)
    }

    private static func names(_ value: JSONSlice?) -> [String]? {
        guard let elements = value?.elements, elements.count <= maximumTransports else { return nil }
        let names = elements.all.compactMap(\.string)
        return names.count == elements.count ? names : nil
    }

    // MARK: 0.6

    private static func read(message text: ByteBuffer) throws(WireError) -> ServerGreeting {
        let place = text.withUnsafeReadableBytes { SocketIO06Framing.body(in: $0, at: 0) }
        guard let place, let body = text.getSlice(at: text.readerIndex + place.lowerBound, length: place.count),
            isSid(body.readableBytesView)
        else { throw WireError(.malformed) }
        let rest = text.getSlice(at: text.readerIndex + place.upperBound, length: text.readableBytes - place.upperBound)
        return ServerGreeting(
            sid: String(buffer: body),
            handshake: nil,
            rest: rest?.readableBytes == 0 ? nil : rest
        )
    }

    // MARK: 0.9

    /// Reads the response to a handshake of 0.9: `<sid>:<heartbeat timeout>:<close timeout>:<transports>`, both times in seconds.
    ///
    /// In the handshake that is returned, `pingInterval` is zero and `pingTimeout` is the time after which a client that has received
    /// nothing closes: the heartbeat timeout, or the close timeout if the server has no heartbeats, or a day if it has neither time.
    /// Source: socket.io 0.9.17, `lib/manager.js` (`handleHandshake`).
    ///
    /// - Throws: ``WireError`` unless there are four parts, and each is in range: a time is empty, or 1 second to a day; there are at
    ///   most 16 transports.
    package static func read(handshakeReply text: ByteBuffer) throws(WireError) -> ServerGreeting {
        guard text.readableBytes <= maximumLength else { throw WireError(.tooLong, at: maximumLength) }
        let parts = text.readableBytesView.split(
            separator: UInt8(ascii: ":"),
            maxSplits: 4,
            omittingEmptySubsequences: false
        )
        guard parts.count == 4, isSid(parts[0]) else { throw WireError(.malformed) }
        let heartbeat = try seconds(parts[1])
        let close = try seconds(parts[2])
        let transports = parts[3].split(separator: UInt8(ascii: ","), maxSplits: maximumTransports)
        guard transports.count <= maximumTransports, transports.allSatisfy({ $0.allSatisfy(isPrintable) }) else {
            throw WireError(.malformed)
        }
        let timeout = heartbeat ?? close ?? .milliseconds(maximumTime)
        let sid = String(decoding: parts[0], as: UTF8.self)
        return ServerGreeting(
            sid: sid,
            handshake: Handshake(
                sid: sid,
                upgrades: [],
                pingInterval: .zero,
                pingTimeout: timeout,
                maximumPayload: usualMaximumPayload,
                transports: transports.map { String(decoding: $0, as: UTF8.self) },
                closeTimeout: close ?? timeout
            )
        )
    }

    /// A time in seconds; nil for an empty text, which means that the server doesn't use the time.
    private static func seconds(_ digits: some Collection<UInt8>) throws(WireError) -> Duration? {
        guard !digits.isEmpty else { return nil }
        let isNumber = digits.count <= 5 && digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard isNumber, let number = Int(String(decoding: digits, as: UTF8.self)),
            (1...maximumTime / 1_000).contains(number)
        else { throw WireError(.malformed) }
        return .seconds(number)
    }

    private static func isSid(_ bytes: some Collection<UInt8>) -> Bool {
        (1...maximumSid).contains(bytes.count) && bytes.allSatisfy(isPrintable)
    }

    /// Whether a byte is a printable character of ASCII other than the space.
    private static func isPrintable(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}
