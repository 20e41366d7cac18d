import CoreMetrics
import Gust
import GustTesting
import HTTPTypes
import Testing

@testable import GustMetrics

/// The registry keeps metrics and answers with them.
@Suite struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry()

    private func scrape(_ registry: PrometheusRegistry, accept: String? = nil) async throws -> TestResponse {
        var app = Application()
        app.get("/metrics", use: registry.handler)
        let client = TestClient(try app.router())
        return try await client.get("/metrics", headers: accept.map { [.accept: $0] } ?? [:])
    }

    private func lines(_ format: ExpositionFormat) -> [String] {
        var exposition = Exposition(format)
        for family in registry.families where family.name != "prometheus_registry_discarded_series" {
            exposition.add(family)
        }
        exposition.finish()
        return String(buffer: exposition.bytes).split(separator: "\n").map(String.init)
    }

    @Test func `a counter has the suffix total in both formats, and only grows`() {
        Counter(label: "requests", factory: registry).increment(by: 2)
        Counter(label: "requests_total", factory: registry).increment(by: 3)
        registry.makeCounter(label: "requests", dimensions: []).increment(by: -7)
        registry.makeFloatingPointCounter(label: "requests", dimensions: []).increment(by: 0.5)
        #expect(lines(.text) == ["# TYPE requests_total counter", "requests_total 5.5"])
        #expect(lines(.openMetrics) == ["# TYPE requests counter", "requests_total 5.5", "# EOF"])
    }

    @Test func `a counter at the greatest integer stays there`() {
        let counter = registry.makeCounter(label: "a", dimensions: [])
        counter.increment(by: .max)
        counter.increment(by: 1)
        #expect(lines(.text).last == "a_total 9.223372036854776e+18")
    }

    @Test func `a timer is a histogram in seconds, with a unit in OpenMetrics`() {
        var settings = PrometheusRegistry.Settings()
        settings.buckets = ["wait_seconds": [1, 0.5, 1, .infinity]]
        settings.help = ["wait_seconds": "a \"long\"\nwait\\"]
        let registry = PrometheusRegistry(settings)
        let timer = registry.makeTimer(label: "wait_seconds", dimensions: [("event", "x")])
        for milliseconds in [500, 501, 2_000] { timer.recordNanoseconds(Int64(milliseconds) * 1_000_000) }
        var exposition = Exposition(.openMetrics)
        for family in registry.families.suffix(1) { exposition.add(family) }
        #expect(
            String(buffer: exposition.bytes) == #"""
                # HELP wait_seconds a \"long\"\nwait\\
                # TYPE wait_seconds histogram
                # UNIT wait_seconds seconds
                wait_seconds_bucket{event="x",le="0.5"} 1
                wait_seconds_bucket{event="x",le="1.0"} 2
                wait_seconds_bucket{event="x",le="+Inf"} 3
                wait_seconds_sum{event="x"} 3.001
                wait_seconds_count{event="x"} 3

                """#
        )
    }

    @Test func `meters and gauges are gauges, recorders are histograms, and NaN is no value`() {
        Meter(label: "depth", factory: registry).set(2.5)
        Meter(label: "depth", factory: registry).decrement(by: 4)
        Gauge(label: "level", factory: registry).record(-0.0)
        let recorder = Recorder(label: "body_bytes", factory: registry)
        recorder.record(100)
        recorder.record(Double.nan)
        let lines = lines(.text)
        #expect(lines.contains("depth -1.5"))
        #expect(lines.contains("# TYPE level gauge"))
        #expect(lines.contains(#"body_bytes_bucket{le="100.0"} 1"#))
        #expect(lines.contains("body_bytes_count 1"))
    }

    @Test func `names and labels are sanitised, and values of labels escaped`() {
        let dimensions = [("zone-é", "a\"b\\c\nd"), ("__name__", "n"), ("1", "é"), ("zone.é", "second")]
        registry.makeMeter(label: "9 lives:of.a-cat", dimensions: dimensions).set(Int64(1))
        #expect(
            lines(.text).last
                == #"_9_lives:of_a_cat{_1="é",label___name__="n",zone___="a\"b\\c\nd"} 1"#
        )
    }

    @Test func `the order of dimensions doesn't matter, and a destroyed series is gone`() {
        let meter = Meter(label: "m", dimensions: [("a", "1"), ("b", "2")], factory: registry)
        meter.set(1)
        Meter(label: "m", dimensions: [("b", "2"), ("a", "1")], factory: registry).set(7)
        #expect(lines(.text) == ["# TYPE m gauge", #"m{a="1",b="2"} 7"#])
        meter.destroy()
        #expect(lines(.text).isEmpty)
        #expect(registry.seriesCount == 0)
    }

    @Test func `series beyond the bound are discarded and counted, and known ones go on`() {
        var settings = PrometheusRegistry.Settings()
        settings.maximumSeriesCount = 2
        let registry = PrometheusRegistry(settings)
        for path in ["a", "b", "c", "d", "a"] {
            registry.makeCounter(label: "hits", dimensions: [("path", path)]).increment(by: 1)
        }
        var exposition = Exposition(.text)
        for family in registry.families { exposition.add(family) }
        let text = String(buffer: exposition.bytes)
        #expect(text.contains("hits_total{path=\"a\"} 2\nhits_total{path=\"b\"} 1\n# HELP"))
        #expect(text.hasSuffix("prometheus_registry_discarded_series_total 2\n"))
        #expect(registry.seriesCount == 2)
    }

    @Test func `a metric whose samples belong to a metric of another kind is discarded`() {
        registry.makeTimer(label: "x", dimensions: []).recordNanoseconds(1)
        registry.makeMeter(label: "x_count", dimensions: []).set(Int64(1))
        registry.makeMeter(label: "x", dimensions: []).set(Int64(1))
        registry.makeCounter(label: "y", dimensions: []).increment(by: 1)
        registry.makeMeter(label: "y", dimensions: []).set(Int64(1))
        #expect(registry.families.map(\.name) == ["prometheus_registry_discarded_series", "x", "y"])
        #expect(registry.families.first?.series.values.first?.samples.first?.value == 3)
    }

    @Test func `values of many threads are all counted`() async {
        let timer = Timer(label: "t", factory: registry)
        let counter = FloatingPointCounter(label: "c", factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<10_000 {
                        timer.recordNanoseconds(1)
                        counter.increment(by: 0.5)
                    }
                }
            }
        }
        #expect(lines(.text).contains("t_count 40000"))
        #expect(lines(.text).contains("c_total 20000"))
    }

    // MARK: The endpoint

    @Test(arguments: [
        (nil, false), ("text/plain", false), ("*/*", false),
        ("application/openmetrics-text", true),
        ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true),
        ("application/openmetrics-text;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.5", false),
        ("application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5", false),
        ("application/openmetrics-text;q=0", false),
    ])
    func `OpenMetrics is answered if it is preferred`(_ accept: String?, _ isOpen: Bool) async throws {
        let response = try await scrape(registry, accept: accept)
        let type =
            isOpen
            ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8"
        #expect(response.headers[.contentType] == type)
        #expect(response.text.hasSuffix("# EOF\n") == isOpen)
        #expect(response.headers[.vary] == "Accept")
    }
}
