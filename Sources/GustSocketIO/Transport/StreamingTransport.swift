import GustHTTP
import GustWire
import NIOCore

/// Sends frames as pieces of one streamed response: script elements (htmlfile), or parts (xhr-multipart).
///
/// `@unchecked Sendable`: references travel in closures, but every property is used on the connection's loop only.
final class StreamingTransport: Transport, @unchecked Sendable {
    let name: String
    private let payload: any PayloadCodec
    private var answer: StreamedAnswer?
    private weak var connection: Connection?
    private(set) var isWritable = false
    private var whenWritable: [(Bool) -> Void] = []

    init(name: String, payload: any PayloadCodec) {
        self.name = name
        self.payload = payload
    }

    var kind: TransportKind { .streaming }
    var bufferedBytes: Int { 0 }

    /// Continues with another response; the response before it ends.
    func attach(_ answer: StreamedAnswer, of connection: Connection) {
        self.answer?.finish()
        self.answer = answer
        self.connection = connection
        isWritable = true
        confirm()
        answer.watch(
            writability: { [weak self, weak connection] isWritable in
                guard let self else { return }
                connection?.run { connection in
                    guard self.answer === answer else { return }
                    self.isWritable = isWritable
                    if isWritable { self.confirm() }
                    connection.flush()
                }
            },
            abort: { [weak self, weak connection] in
                guard let self else { return }
                connection?.run { connection in
                    guard self.answer === answer else { return }
                    connection.transportEnded(.transportClose)
                }
            }
        )
    }

    func write(_ frame: Frame) { write([frame]) }

    func write(_ shared: SharedPacket.Encoded) { write(shared.frames) }

    func write(_ frames: [Frame]) {
        guard let answer, !frames.isEmpty else { return }
        let (body, _) = payload.encode(frames, supportsBinary: false)
        answer.write(body) { [weak self, weak connection] in
            guard let self else { return }
            connection?.run { _ in self.isWritable = false }
        }
    }

    func flush() {
        // Written frames are sent at once.
    }

    /// The server doesn't know how much of a streamed response has been sent, only whether there is room for more.
    func whenFlushed(_ body: @escaping (Bool) -> Void) {
        if isWritable { body(true) } else { whenWritable.append(body) }
    }

    private func confirm() {
        let waiting = whenWritable
        whenWritable = []
        for body in waiting { body(true) }
    }

    func setReading(_ isReading: Bool) {
        // The client sends by `POST`; to stop reading, the connection holds back the response to the `POST`.
    }

    func close(saying closePacket: Frame?) {
        if let closePacket { write(closePacket) }
        answer?.finish()
        answer = nil
        isWritable = false
        whenWritable = []
    }

    func refuse(_ refusal: RefusalBody) {
        answer?.refuse(refusal)
        answer = nil
        isWritable = false
        whenWritable = []
    }

    func abort() {
        answer?.abort()
        answer = nil
        isWritable = false
        whenWritable = []
    }
}
