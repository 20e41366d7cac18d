import GustClientWire
import NIOCore
import NIOHTTP1

/// The request by which a client of 0.9 asks for its session, before it opens a transport.
///
/// `@unchecked Sendable`: used on the loop of the environment only.
final class SessionRequest: @unchecked Sendable {
    private static let maximumBody = 4_096

    private let environment: LinkEnvironment
    private let lane: RequestLane

    init(_ environment: LinkEnvironment) {
        self.environment = environment
        lane = RequestLane(environment)
    }

    func begin(_ finish: @escaping (Result<ServerGreeting, ClientError>) -> Void) {
        let grammar = ClientGrammar.of(environment.settings.revision)
        let target = grammar.get(environment.grammarPath, environment.settings.chosenTransport, nil)
        var head: HTTPResponseHead?
        var body = ByteBuffer()
        lane.send(environment.head.head(.GET, target, [("Accept", "*/*")]), nil, deadline: nil) { [weak self] event in
            guard let self else { return }
            switch event {
            case .head(let received): head = received
            case .body(let bytes): if body.readableBytes < Self.maximumBody { body.writeImmutableBuffer(bytes) }
            case .failed(let error): finish(.failure(error))
            case .end:
                lane.abort()
                finish(Self.greeting(head, body))
            }
        }
    }

    func abort() { lane.abort() }

    private static func greeting(_ head: HTTPResponseHead?, _ body: ByteBuffer) -> Result<ServerGreeting, ClientError> {
        guard let head else { return .failure(.transportClosed) }
        guard head.status == .ok else { return .failure(ResponseCheck.error(head, body)) }
        do {
            return .success(try ServerGreeting.read(handshakeReply: body))
        } catch {
            return .failure(.protocolViolation("the handshake: \(error)"))
        }
    }
}
