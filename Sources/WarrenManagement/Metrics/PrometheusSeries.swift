/// The values of one metric with one set of labels.
protocol PrometheusSeries: AnyObject, Sendable {
    /// Writes the samples.
    func write(_ name: String, _ labels: String, to text: inout String)
}
