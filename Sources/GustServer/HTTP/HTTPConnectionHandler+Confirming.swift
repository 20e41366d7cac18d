import NIOCore

/// Tells the writers of responses that their bytes have been sent.
extension HTTPConnectionHandler {
    /// Calls `completion` once all output written so far has been handed to the operating system.
    func confirm(_ completion: @escaping (Bool) -> Void) {
        guard context != nil else { return completion(false) }
        confirmations.append(completion)
        flushUnlessReading()
    }

    /// Confirms the output that has been flushed, now or when the operating system has taken the rest.
    func confirmOutput() {
        guard let context else { return endConfirmations(with: false) }
        // The socket has taken all bytes in most cases, past the channel.
        if !channelMayHoldOutput { return endConfirmations(with: true) }
        guard context.channel.isActive else { return endConfirmations(with: false) }
        // Encrypted bytes and files may also be held by other handlers, so they need a promise.
        if !isSecure, regions == nil, !channelHoldsOutput { return endConfirmations(with: true) }
        let waiting = confirmations
        confirmations = Confirmations()
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            let isSent = if case .success = result { true } else { false }
            waiting(isSent: isSent)
        }
        write(.byteBuffer(ByteBuffer()), promise)
        context.flush()
    }

    /// Calls all that wait for a confirmation.
    func endConfirmations(with isSent: Bool) {
        let waiting = confirmations
        confirmations = Confirmations()
        waiting(isSent: isSent)
    }
}
