#if Tracing
import Gust
import GustHTTP
import GustTesting
import HTTPTypes
import InMemoryTracing
import NIOCore
import Testing
import Tracing

@testable import GustTracing

/// The middleware makes a span for each request.
@Suite struct HTTPTracingTests {
    private let tracer = InMemoryTracer()

    private func client(_ register: (inout Application) -> Void) throws -> TestClient {
        var app = Application()
        app.use(HTTPTracing(tracer))
        register(&app)
        return TestClient(try app.router())
    }

    private func attribute(_ name: String, _ span: FinishedInMemorySpan) -> SpanAttribute? { span.attributes.get(name) }

    @Test func `the span has the method and the pattern of the route, and OpenTelemetry's attributes`() async throws {
        let client = try client { $0.get("/users/:id") { (_, id: String) in "user \(id)" } }
        _ = try await client.get("/users/7?token=secret", headers: [.userAgent: "test/1"])
        let span = try #require(tracer.finishedSpans.first)
        #expect(tracer.finishedSpans.count == 1)
        #expect(span.operationName == "GET /users/:id")
        #expect(span.kind == .server)
        #expect(span.status == nil)
        #expect(attribute("http.request.method", span) == .string("GET"))
        #expect(attribute("http.route", span) == .string("/users/:id"))
        #expect(attribute("url.path", span) == .string("/users/7"))
        #expect(attribute("url.scheme", span) == .string("http"))
        #expect(attribute("http.response.status_code", span) == .int64(200))
        #expect(attribute("user_agent.original", span) == .string("test/1"))
        span.attributes.forEach { name, value in #expect(!"\(value)".contains("secret"), "\(name)") }
    }

    @Test func `the context of the caller is extracted from the fields, and is the parent`() async throws {
        let client = try client { $0.get("/") { _ in "" } }
        let trace = try #require(HTTPField.Name(InMemoryTracer.traceIDKey))
        let parent = try #require(HTTPField.Name(InMemoryTracer.spanIDKey))
        _ = try await client.get("/", headers: [trace: "trace-of-caller", parent: "span-of-caller"])
        let span = try #require(tracer.finishedSpans.first)
        #expect(span.traceID == "trace-of-caller")
        #expect(span.parentSpanID == "span-of-caller")
    }

    @Test func `a field is found by the name of W3C, several are joined, and a name that is none is absent`() throws {
        let name = try #require(HTTPField.Name("traceparent"))
        let state = try #require(HTTPField.Name("tracestate"))
        let value = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        var fields: HTTPFields = [name: value]
        fields.append(HTTPField(name: state, value: "a=1"))
        fields.append(HTTPField(name: state, value: "b=2"))
        #expect(FieldExtractor().extract(key: "traceparent", from: fields) == value)
        #expect(FieldExtractor().extract(key: "tracestate", from: fields) == "a=1,b=2")
        #expect(FieldExtractor().extract(key: "no name", from: fields) == nil)
        #expect(FieldExtractor().extract(key: "other", from: fields) == nil)
    }

    @Test func `the span is the context of synchronous and asynchronous handlers and of streams`() async throws {
        let tracer = tracer
        let client = try client { app in
            app.get("/now") { _ in
                tracer.startSpan("inner").end()
                return ""
            }
            app.get("/later") { _ async throws in
                await Task.yield()
                tracer.startSpan("inner").end()
                return ""
            }
            app.get("/stream") { _ in
                Response(
                    body: .stream { writer in
                        tracer.startSpan("inner").end()
                        writer.finish()
                    }
                )
            }
        }
        for path in ["/now", "/later", "/stream"] {
            tracer.clearFinishedSpans()
            _ = try await client.get(path)
            let spans = tracer.finishedSpans
            #expect(spans.map(\.operationName) == ["inner", "GET \(path)"])
            #expect(spans.first?.parentSpanID == spans.last?.spanID)
        }
    }

    @Test func `an error is recorded, and a status from 500 is that of the span`() async throws {
        struct Failure: Error {}
        let client = try client { app in
            app.get("/fails") { _ -> String in throw Failure() }
            app.get("/missing") { _ async throws -> String in throw HTTPError(.notFound) }
        }
        _ = try await client.get("/fails")
        _ = try await client.get("/missing")
        _ = try await client.execute(try #require(HTTPRequest.Method("BREW")), "/nowhere")
        let spans = tracer.finishedSpans
        #expect(spans.map(\.operationName) == ["GET /fails", "GET /missing", "HTTP"])
        #expect(spans[0].errors.first?.error is Failure)
        #expect(spans.map { $0.status?.code == .error } == [true, false, false])
        #expect(spans.map { attribute("error.type", $0) } == [.string("500"), nil, nil])
        #expect(attribute("http.request.method", spans[2]) == .string("_OTHER"))
    }
}
#endif
