import GustHTTP
import GustSocketIO
import HTTPTypes
import NIOCore

/// The handler of the listener for other nodes: checks the proof, and gives the request to the endpoint that has its connection.
struct ForwardedRequests: Handler {
    let node: ForwardingNode
    let receiving: ReceivingHandlers

    func answer(_ request: Request) -> Answer {
        guard let admission = request.storage[LinkAdmission.Key.self], let origin = node.proof.verify(request) else {
            return refuse(.proof)
        }
        if let refusal = admission.refuse(origin, by: node.tag, receiving.seen, now: node.now()) {
            return refuse(refusal)
        }
        let path = request.target.matchingPath.utf8
        guard origin.tailLength <= path.count,
            let tail = String(Substring(path.suffix(origin.tailLength)).utf8)
        else { return .ready(Response(status: .badRequest)) }
        var request = request
        request.headers[ForwardingProof.fieldName] = nil
        request.peer = Peer(address: origin.address, isSecure: origin.isSecure)
        receiving.count()
        return receiving.answer(request, tail: tail)
    }

    private func refuse(_ refusal: LinkAdmission.Refusal) -> Answer {
        node.problems.report("refused a request on the listener for other nodes", refusal.rawValue)
        receiving.countRefused()
        return .ready(
            Response(
                status: .forbidden,
                headers: [.connection: "close", ForwardingProof.refusalName: refusal.rawValue]
            )
        )
    }
}
