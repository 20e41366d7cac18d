#if Redis
extension RedisError {
    /// Whether the error passes with time, without a change of the settings or of the program.
    package var isTransient: Bool {
        switch self {
        case .overloaded, .timedOut, .connectionLost, .unreachable, .closed, .loading, .readOnlyReplica, .masterDown,
            .outOfMemory, .cannotSave:
            true
        case .malformedReply, .authenticationFailed, .permissionDenied, .unknownCommand, .tls, .refused: false
        }
    }
}
#endif
