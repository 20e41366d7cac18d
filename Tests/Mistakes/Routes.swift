// Mistakes in handlers of routes, and what the compiler says of each: `scripts/mistakes` checks that it says just that. The file
// belongs to no target.
import Gust

struct Item: Sendable {
    let price: Int
}

func wrongMemberInSynchronousHandler(_ app: inout Application) {
    app.get("/") { request in
        // expected-error @+1 {{has no member 'badrequest'}}
        guard request.path.isEmpty else { throw HTTPError(.badrequest, "empty") }
        return Response(status: .created)
    }
}

func wrongMemberInAsynchronousHandler(_ app: inout Application) {
    app.post("/") { request in
        let bytes = try await request.body.collect(upTo: 5)
        // expected-error @+1 {{has no member 'badrequest'}}
        guard bytes.readableBytes == 0 else { throw HTTPError(.badrequest, "") }
        return Response(status: .created)
    }
}

func wrongMemberInAsynchronousHandlerWithCapture(_ app: inout Application) {
    app.post("/:id") { (request, id: Int) in
        let bytes = try await request.body.collect(upTo: id)
        // expected-error @+1 {{has no member 'badrequest'}}
        guard bytes.readableBytes == 0 else { throw HTTPError(.badrequest, "") }
        return Response(status: .created)
    }
}

func wrongMemberOfRequest(_ app: inout Application) {
    app.put("/") { request in
        await Task.yield()
        // expected-error @+1 {{value of type 'Request' has no member 'pfad'}}
        return "\(request.pfad)"
    }
}

func valueThatIsNoResponse(_ app: inout Application) {
    // expected-error @+1 {{requires that 'Int' conform to 'ResponseConvertible'}}
    app.get("/") { _ in 5 }
}

func captureThatCannotBeDecoded(_ app: inout Application) {
    // expected-error @+1 {{requires that 'Item' conform to 'Decodable'}}
    app.get("/:item") { (_, item: Item) in "\(item.price)" }
}

func missingTry(_ app: inout Application) {
    app.post("/") { request in
        // expected-error @+1 {{call can throw}}
        let bytes = await request.body.collect(upTo: 5)
        return "\(bytes.readableBytes)"
    }
}

func constantApplication() {
    // expected-note @+1 {{change 'let' to 'var'}}
    let app = Application()
    // expected-error @+1 {{'app' is a 'let' constant}}
    app.get("/") { _ in "" }
}
