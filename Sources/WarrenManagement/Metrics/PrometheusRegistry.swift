public import CoreMetrics
import Synchronization
import WarrenSupport

/// Collects metrics in memory and shows them in Prometheus' text format.
///
/// ```swift
/// let registry = PrometheusRegistry()
/// var configuration = HostConfiguration(broker: "amqp://localhost", dataDirectory: "data")
/// configuration.metrics = registry
/// ```
///
/// It takes any program's metrics, beside Warren's: `MetricsSystem.bootstrap(registry)`. A name gets the form that
/// Prometheus wants: other characters than letters, digits, `_` and `:` become `_`, counters end in `_total`, timers in
/// `_seconds`. Counters and gauges have no lock, and each distribution has one of its own, so that recording takes some
/// nanoseconds.
///
/// The number of series is bounded: metrics beyond the bound record nothing, and are counted by
/// `warren_metrics_refused_total`, as are those with the name of another kind of metric.
public final class PrometheusRegistry: MetricsFactory {
    private struct State {
        var families: [String: MetricFamily] = [:]
        var seriesCount = 0
        var refused = 0
    }

    private let state = Mutex(State())
    private let seriesLimit: Int
    private static let known = Dictionary(MetricTable.all.map { ($0.name, $0) }) { first, _ in first }

    /// The bounds of the buckets of distributions that Warren's table does not name, in seconds for timers.
    private static let usualBuckets = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ]

    /// Makes an empty registry.
    ///
    /// - Parameter seriesLimit: the maximum number of series; a distribution counts as one.
    public init(seriesLimit: Int = 20_000) {
        self.seriesLimit = seriesLimit
    }

    /// All metrics in Prometheus' text format, version 0.0.4: families by name, series in the order in which they were
    /// made.
    public func text() -> String {
        let (families, count, refused) = state.withLock { ($0.families, $0.seriesCount, $0.refused) }
        var text = ""
        for (_, family) in families.sorted(by: { $0.key < $1.key }) { family.write(to: &text) }
        text += """
            # HELP warren_metrics_refused_total Metrics that were not taken because of their number or their kind.
            # TYPE warren_metrics_refused_total counter
            warren_metrics_refused_total \(refused)
            # HELP warren_metrics_series Series in this registry.
            # TYPE warren_metrics_series gauge
            warren_metrics_series \(count)

            """
        return text
    }

    // MARK: - Making

    /// Makes a counter, or returns the one with this name and these labels.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { PrometheusCounter() } ?? NOOPMetricsHandler.instance
    }

    /// Makes a counter of fractions, or returns the one with this name and these labels.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter) { PrometheusSum() } ?? NOOPMetricsHandler.instance
    }

    /// Makes a gauge, or returns the one with this name and these labels.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { PrometheusGauge() } ?? NOOPMetricsHandler.instance
    }

    /// Makes a distribution, or a gauge for a recorder that does not aggregate; or returns the one with this name and
    /// these labels.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else {
            return series(label, dimensions, .gauge) { PrometheusGauge() } ?? NOOPMetricsHandler.instance
        }
        let buckets = Self.buckets(of: label)
        return series(label, dimensions, .histogram) { PrometheusHistogram(buckets) } ?? NOOPMetricsHandler.instance
    }

    /// Makes a distribution of seconds, or returns the one with this name and these labels.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let buckets = Self.buckets(of: label)
        return series(label, dimensions, .histogram, suffix: "_seconds") { PrometheusHistogram(buckets) }
            ?? NOOPMetricsHandler.instance
    }

    /// Removes a series.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    /// Removes a series.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    /// Removes a series.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    /// Removes a series.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    /// Removes a series.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    private static func buckets(of label: String) -> [Double] {
        guard let known = known[label], !known.buckets.isEmpty else { return usualBuckets }
        return known.buckets
    }

    /// - Returns: the series of that name and these labels; `nil` if it is refused.
    private func series<Series: PrometheusSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind, suffix: String = "",
        _ make: () -> Series
    ) -> Series? {
        let name = PrometheusText.name(label, suffix: kind == .counter ? "_total" : suffix)
        let labels = PrometheusText.labels(dimensions)
        return state.withLock { state in
            if let known = state.families[name]?[labels] {
                if let known = known as? Series { return known }
            } else if state.families[name].map({ $0.kind == kind }) ?? true, state.seriesCount < seriesLimit {
                let made = make()
                state.families[name, default: MetricFamily(name, kind, help: Self.known[label]?.help)][labels] = made
                state.seriesCount += 1
                return made
            }
            state.refused += 1
            return nil
        }
    }

    private func remove(_ handler: AnyObject) {
        state.withLock { state in
            for name in state.families.keys where state.families[name]?.remove(handler) == true {
                state.seriesCount -= 1
                if state.families[name]?.isEmpty == true { state.families[name] = nil }
                return
            }
        }
    }
}
