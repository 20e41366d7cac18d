import Gust
import GustForms
import GustTesting
import GustWeb
import Testing

/// An error that is meant for the client says the same to a socket as to a page.
@Suite(.leavesNothing) struct PublicErrorTests {
    private struct Remark: Validatable {
        let text: String

        func validate(_ checks: inout ValidationChecks) {
            checks.require(!text.isEmpty, at: "text", "must not be empty")
        }
    }

    private struct Secret: Error {}

    private func client() throws -> TestClient {
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("validate") { (text: String) in try Remark(text: text).validate() }
            socket.on("problem") { throw Problem(.conflict, title: "No credit", detail: "30 are missing") }
            socket.on("title") { throw Problem(.conflict, title: "No credit") }
            socket.on("status") { throw HTTPError(.notFound, "there is no ticket 7") }
            socket.on("secret") { throw Secret() }
        }
        var app = Application()
        app.add(io.routes())
        return TestClient(try app.router())
    }

    @Test(
        arguments: [
            ("problem", "30 are missing"), ("title", "No credit"), ("status", "there is no ticket 7"),
            ("secret", "the handler failed"),
        ]
    )
    func `the acknowledgement has the text that is meant for the client`(event: String, text: String) async throws {
        let socket = try await client().open()
        #expect(try await socket.emitWithAcknowledgement(event) == [#"{"error":"\#(text)"}"#])
    }

    @Test func `the acknowledgement of a value that isn't valid names what is wrong`() async throws {
        let socket = try await client().open()
        let acknowledgement = try await socket.emitWithAcknowledgement("validate", "")
        #expect(acknowledgement == [#"{"error":"text: must not be empty"}"#])
    }
}
