import GustHTTP
import GustWire
import NIOCore

/// Asking async families whether a client may join a namespace.
extension Connection {
    /// Asks the first of `families`, and the others if it refuses.
    func ask(_ families: ArraySlice<NamespaceFamily>, _ name: String, auth: JSONSlice?, isNew: Bool) {
        guard let family = families.first, let predicate = family.question, family.beginQuestion() else {
            return send(.connectError(namespace: name, payload: ConnectError.tooManyQuestions.payload))
        }
        // The slice is detached, because the question outlives the buffer that was read.
        let auth = auth?.detached
        let question = NamespaceQuestion(name: name, auth: auth, isNew: isNew, families: families, of: self)
        questions[ByteText(name)] = question
        question.setDeadline(shard.eventLoop, TimeAmount(io.settings.connectTimeout))
        // The closure doesn't retain the connection: a predicate that ignores its cancellation would keep it.
        let task = io.start(on: home) {
            let answer: Result<Bool, any Error>
            do { answer = .success(try await predicate(name, auth)) } catch { answer = .failure(error) }
            family.endQuestion()
            question.answer(answer)
        }
        question.setTask(task)
    }

    /// Takes the answer; does nothing if the connection has ended.
    func take(_ answer: Result<Bool, any Error>, to question: NamespaceQuestion) {
        let name = question.name
        guard machine.isOpen, questions[ByteText(name)] === question, let family = question.families.first else {
            return
        }
        questions[ByteText(name)] = nil
        do throws(ConnectError) {
            guard try isAccepted(answer) else {
                let rest = question.families.dropFirst()
                let entrance = try io.registry.enter(
                    name,
                    of: io,
                    families: rest,
                    allowsDynamic: allowsDynamicNamespace
                )
                return follow(entrance, name, auth: question.auth, isNew: question.isNew)
            }
            let member = NamespaceFamily.Member(family: family, captures: Captures())
            let namespace = try io.registry.enter(name, of: member, allowsDynamic: allowsDynamicNamespace)
            enter(namespace, auth: question.auth, isNew: question.isNew)
        } catch {
            send(.connectError(namespace: name, payload: error.payload))
        }
    }

    private func isAccepted(_ answer: Result<Bool, any Error>) throws(ConnectError) -> Bool {
        switch answer {
        case .success(let isAccepted): return isAccepted
        case .failure(let error): throw error as? ConnectError ?? ConnectError(error.publicText(otherwise: "refused"))
        }
    }
}
