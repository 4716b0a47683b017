import CoreMetrics
import Testing

@testable import WarrenManagement

@Suite("Metrics: the registry", .timeLimit(.minutes(1)))
struct PrometheusRegistryTests {
    @Test("Every kind of metric is shown as Prometheus reads it")
    func kinds() throws {
        let registry = PrometheusRegistry()
        Counter(label: "orders", dimensions: [("shop", "a")], factory: registry).increment(by: 3)
        FloatingPointCounter(label: "waited_total", factory: registry).increment(by: 0.25)
        let meter = Meter(label: "open", factory: registry)
        meter.set(5)
        meter.increment(by: 2.5)
        meter.decrement()
        Gauge(label: "level", factory: registry).record(-0.5)
        let timer = Timer(label: "work", factory: registry)
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(400_000_000_000)
        Recorder(label: "sizes", factory: registry).record(7)
        let text = try Exposition(registry.text())
        #expect(text.types["orders_total"] == "counter" && text.total("orders_total", ["shop": "a"]) == 3)
        #expect(text.types["waited_total"] == "counter" && text.total("waited_total") == 0.25)
        #expect(text.types["open"] == "gauge" && text.total("open") == 6.5)
        #expect(text.total("level") == -0.5)
        #expect(text.types["work_seconds"] == "histogram" && text.total("work_seconds_count") == 2)
        #expect(text.total("work_seconds_sum") == 400.002)
        #expect(text.total("work_seconds_bucket", ["le": "0.001"]) == 0)
        #expect(text.total("work_seconds_bucket", ["le": "0.0025"]) == 1)
        #expect(text.total("work_seconds_bucket", ["le": "300"]) == 1)
        #expect(text.total("work_seconds_bucket", ["le": "+Inf"]) == 2)
        #expect(text.total("sizes_sum") == 7)
        #expect(text.total("warren_metrics_series") == 6 && text.total("warren_metrics_refused_total") == 0)
    }

    @Test("Names and values of any text stay readable", arguments: ["\"\\\n", "a\r\nb", "é,}{=", "\u{0}", ""])
    func escaping(value: String) throws {
        let registry = PrometheusRegistry()
        let dimensions = [("1 name", value), ("1_name", "the same"), ("", "x")]
        Counter(label: "my.own-metric é", dimensions: dimensions, factory: registry).increment()
        let text = try Exposition(registry.text())
        let sample = try #require(text.samples.first { $0.name == "my_own_metric___total" })
        #expect(sample.labels == ["_1_name": value, "_": "x"] && sample.value == 1)
    }

    @Test("The same name and labels are one series, and a destroyed one is gone")
    func identity() throws {
        let registry = PrometheusRegistry()
        let one = Counter(label: "n", dimensions: [("l", "1")], factory: registry)
        let again = Counter(label: "n_total", dimensions: [("l", "1")], factory: registry)
        let other = Counter(label: "n", dimensions: [("l", "2")], factory: registry)
        one.increment()
        again.increment()
        other.increment()
        #expect(try Exposition(registry.text()).total("n_total", ["l": "1"]) == 2)
        other.destroy()
        let text = try Exposition(registry.text())
        #expect(text.values(of: "l") == ["1"] && text.total("warren_metrics_series") == 1)
        one.destroy()
        #expect(try Exposition(registry.text()).types["n_total"] == nil)
    }

    @Test("Series beyond the bound, and a name of another kind, are refused and counted; what there is goes on")
    func bounds() throws {
        let registry = PrometheusRegistry(seriesLimit: 2)
        let first = Counter(label: "n", dimensions: [("l", "1")], factory: registry)
        Meter(label: "m", factory: registry).set(1)
        Counter(label: "n", dimensions: [("l", "2")], factory: registry).increment()
        Recorder(label: "m", aggregate: true, factory: registry).record(3)
        FloatingPointCounter(label: "n", dimensions: [("l", "1")], factory: registry).increment(by: 1)
        first.increment()
        let text = try Exposition(registry.text())
        #expect(text.total("n_total") == 1 && text.total("m") == 1 && text.values(of: "l") == ["1"])
        #expect(text.total("warren_metrics_refused_total") == 3 && text.total("warren_metrics_series") == 2)
    }

    @Test("Nothing is lost when several threads count")
    func threads() async throws {
        let registry = PrometheusRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let sum = FloatingPointCounter(label: "sum", factory: registry)
                    let meter = Meter(label: "meter", factory: registry)
                    let timer = Timer(label: "timer", factory: registry)
                    for _ in 0..<1000 {
                        Counter(label: "count", factory: registry).increment()
                        sum.increment(by: 0.5)
                        meter.increment()
                        timer.recordNanoseconds(1_000_000_000)
                    }
                }
            }
        }
        let text = try Exposition(registry.text())
        #expect(text.total("count_total") == 8000 && text.total("sum_total") == 4000 && text.total("meter") == 8000)
        #expect(text.total("timer_seconds_sum") == 8000)
    }

    @Test("Numbers that are none are not added, and what cannot be counted down is not")
    func oddNumbers() throws {
        let registry = PrometheusRegistry()
        let sum = FloatingPointCounter(label: "sum", factory: registry)
        for value in [Double.nan, .infinity, -1] { sum.increment(by: value) }
        Counter(label: "count", factory: registry).increment(by: -5)
        Recorder(label: "sizes", factory: registry).record(Double.nan)
        let meter = Meter(label: "meter", factory: registry)
        meter.set(-Double.infinity)
        let text = try Exposition(registry.text())
        #expect(text.total("sum_total") == 0 && text.total("count_total") == 0 && text.total("sizes_count") == 0)
        #expect(text.total("meter") == -.infinity)
    }
}
