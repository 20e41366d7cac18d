import Dispatch
import Gust
import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustForms
@testable import GustTesting

/// The flow of an upload from the client to the disk.
@Suite struct UploadFlowTests {
    private final class Demand: Sendable {
        private let state = Mutex((isWanted: false, isCreated: false))
        var isWanted: Bool { state.withLock { $0.isWanted } }
        var isCreated: Bool { state.withLock { $0.isCreated } }
        func want(_ isWanted: Bool) { state.withLock { $0.isWanted = isWanted } }
        func create() { state.withLock { $0.isCreated = true } }
    }

    @Test func `nothing is read from the client while a file is written`() async throws {
        let demand = Demand()
        let disk = DispatchSemaphore(value: 0)
        var app = Application()
        app.post("/") { request in
            var limits = UploadLimits()
            limits.memory = 4
            let form = try await request.uploads(limits) { directory, executor in
                demand.create()
                disk.wait()
                return try SpooledFile(in: directory, executor)
            }
            return "\(form.files.first?.size ?? 0)"
        }
        let access = HandlerAccess(try app.router())
        let stream = RequestBodyStream(eventLoop: access.eventLoop)
        stream.onDemand = { demand.want($0) }
        let request = TestRequest(
            method: .post,
            target: try #require(RequestTarget("/")),
            headers: [.contentType: "multipart/form-data; boundary=b"],
            body: ByteBuffer(),
            jar: nil
        )
        let exchange = TestExchange(access, try await access.start(request, body: RequestBody(stream)))
        #expect(demand.isWanted)
        let head = "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\n"
        try await access.onLoop { stream.receive(.bytes(ByteBuffer(string: "\(head)longer than four bytes"))) }
        while !demand.isCreated { await Task.yield() }
        // The file is being created: what the client sends now waits, and the server reads no more.
        try await access.onLoop { stream.receive(.bytes(ByteBuffer(string: " and more"))) }
        #expect(!demand.isWanted)
        disk.signal()
        while !demand.isWanted { await access.settle() }
        try await access.onLoop {
            stream.receive(.bytes(ByteBuffer(string: "\r\n--b--\r\n")))
            stream.receive(.end)
        }
        #expect(try await exchange.response().text == "31")
    }
}
