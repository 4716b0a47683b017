import CoreMetrics
import Synchronization

/// A back end that adds up counters of fractions, and keeps nothing else.
final class SummedMetrics: MetricsFactory {
    private final class Sum: FloatingPointCounterHandler {
        private let total = Mutex(0.0)

        var value: Double { total.withLock { $0 } }

        func increment(by amount: Double) { total.withLock { $0 += amount } }
        func reset() { total.withLock { $0 = 0 } }
    }

    private let sums = Mutex<[String: Sum]>([:])

    /// The sum of a counter; `nil` if there is none with this name and these labels.
    func sum(_ name: String, _ labels: [(String, String)]) -> Double? {
        sums.withLock { $0[Self.key(name, labels)]?.value }
    }

    private static func key(_ name: String, _ labels: [(String, String)]) -> String {
        name + labels.map { " \($0.0)=\($0.1)" }.joined()
    }

    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        sums.withLock { sums in
            let key = Self.key(label, dimensions)
            let sum = sums[key] ?? Sum()
            sums[key] = sum
            return sum
        }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        NOOPMetricsHandler.instance
    }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { NOOPMetricsHandler.instance }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { NOOPMetricsHandler.instance }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
