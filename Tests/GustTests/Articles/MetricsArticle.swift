import Gust
import GustMetrics
import GustTesting
import GustWeb
import Testing

/// The snippets of `Metrics.md`.
@Suite struct MetricsArticle {
    @Test func `requests and events are measured`() async throws {
        var app = Application()
        let registry = PrometheusRegistry()
        var settings = SocketIOSettings()
        settings.metrics = registry
        let io = SocketIO(settings)
        app.use(HTTPMetrics(registry))
        app.get("/metrics", use: registry.handler)
        app.add(io.routes())
        io["/"].on("move") { (_: Socket, _: Int) in }
        let client = TestClient(try app.router())
        let socket = try await client.open()
        _ = try await socket.emitWithAcknowledgement("move", 1)
        try await socket.emit("made-up", 1)
        await client.advance(by: .seconds(11))
        let text = try await client.get("/metrics").text
        for line in [
            #"socketio_handler_duration_seconds_count{event="move",namespace="/"} 1"#,
            #"socketio_handler_duration_seconds_count{event="other",namespace="/"} 1"#,
            #"socketio_connections{transport="websocket"} 1"#,
            #"http_server_active_requests{method="GET"} 1"#,
        ] {
            #expect(text.contains(line), "\(line)")
        }
        #expect(!text.contains("made-up"))
        try await socket.disconnect()
    }

    @Test func `buckets are those of the settings`() throws {
        var settings = PrometheusRegistry.Settings()
        settings.durationBuckets = [0.001, 0.01, 0.1, 1, 10]
        settings.buckets["orders_value"] = [10, 100, 1_000]
        settings.help["orders_value"] = "The value of an order, in euros."
        let registry = PrometheusRegistry(settings)
        _ = registry.makeRecorder(label: "orders_value", dimensions: [], aggregate: true)
        #expect(registry.seriesCount == 1)
    }
}
