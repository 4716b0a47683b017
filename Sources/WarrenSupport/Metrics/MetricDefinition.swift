package import CoreMetrics

/// A metric that Warren emits: its name, its kind, the names of its labels, and its meaning.
package struct MetricDefinition: Sendable, Hashable {
    /// The kinds of metrics.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Counts events.
        case counter
        /// Adds up seconds.
        case seconds
        /// Shows a number that goes up and down.
        case gauge
        /// Distributes whole numbers over buckets.
        case sizes
        /// Distributes durations over buckets, in seconds.
        case timer
    }

    /// The name as a back end shows it: it begins with `warren_`, and ends with `_total` for a sum and with `_seconds`
    /// for durations.
    package let name: String
    package let kind: Kind
    /// The names of the labels, in the order in which their values are given. Every label has a closed set of values.
    package let labels: [String]
    /// One sentence for people.
    package let help: String
    /// The upper bounds of the buckets, ascending, without the last one, which has none. Of a distribution only.
    package let buckets: [Double]

    package init(
        _ name: String, _ kind: Kind, labels: [String], buckets: [Double] = [], _ help: String
    ) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
        self.buckets = buckets
    }

    /// Makes the counter with these values of the labels.
    package func counter(_ factory: any MetricsFactory, _ values: String...) -> Counter {
        Counter(label: name, dimensions: dimensions(values), factory: factory)
    }

    /// Makes the sum of seconds with these values of the labels.
    package func seconds(_ factory: any MetricsFactory, _ values: String...) -> FloatingPointCounter {
        FloatingPointCounter(label: name, dimensions: dimensions(values), factory: factory)
    }

    /// Makes the gauge with these values of the labels.
    package func gauge(_ factory: any MetricsFactory, _ values: String...) -> Meter {
        Meter(label: name, dimensions: dimensions(values), factory: factory)
    }

    /// Makes the distribution of numbers with these values of the labels.
    package func sizes(_ factory: any MetricsFactory, _ values: String...) -> Recorder {
        Recorder(label: name, dimensions: dimensions(values), aggregate: true, factory: factory)
    }

    /// Makes the distribution of durations with these values of the labels.
    package func timer(_ factory: any MetricsFactory, _ values: String...) -> Timer {
        Timer(label: name, dimensions: dimensions(values), preferredDisplayUnit: .seconds, factory: factory)
    }

    private func dimensions(_ values: [String]) -> [(String, String)] { Array(zip(labels, values)) }
}
