import GustWire

/// Makes type-erased handlers of typed closures.
extension EventHandlers {
    /// A handler that decodes the arguments, calls `body` in place and acknowledges the event with its result.
    static func immediate<each Argument: Decodable & Sendable>(
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Arguments
    ) -> Handler {
        { socket, event in
            var position = ArgumentPosition(event.arguments)
            do {
                let answer = try body(socket, repeat try position.next((each Argument).self))
                event.acknowledge(with: answer)
            } catch {
                socket.eventInProgress?.failed(error, isRefusal: position.hasFailed)
                socket.fail(event, error)
            }
        }
    }

    /// A handler that decodes the arguments in place, then runs `body` as a task on the socket's loop.
    static func suspending<each Argument: Decodable & Sendable>(
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Arguments
    ) -> Handler {
        { socket, event in
            var position = ArgumentPosition(event.arguments)
            do {
                let arguments = (repeat try position.next((each Argument).self))
                let observed = socket.eventInProgress
                socket.startHandler(of: event) {
                    do {
                        event.acknowledge(with: try await body(socket, repeat each arguments))
                    } catch {
                        observed?.failed(error, isRefusal: false)
                        socket.fail(event, error)
                    }
                }
            } catch {
                socket.eventInProgress?.failed(error, isRefusal: position.hasFailed)
                socket.fail(event, error)
            }
        }
    }

    /// The acknowledgement of a handler that returns `value`.
    static func acknowledgement<Answer: Encodable>(_ value: Answer) throws -> Arguments {
        Answer.self == HandlerToken.self ? Arguments() : try Arguments.encoding(value)
    }
}
