/// The series of one name.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    let name: String
    let kind: Kind
    private let help: String?
    private var series: [String: any PrometheusSeries] = [:]
    /// The labels of the series, in the order in which they were made.
    private var order: [String] = []

    init(_ name: String, _ kind: Kind, help: String?) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    var isEmpty: Bool { series.isEmpty }

    /// The series with these labels, as they are written between braces.
    subscript(labels: String) -> (any PrometheusSeries)? {
        get { series[labels] }
        set {
            if series[labels] == nil { order.append(labels) }
            series[labels] = newValue
        }
    }

    /// Removes a series, if it is one of these.
    mutating func remove(_ handler: AnyObject) -> Bool {
        guard let index = order.firstIndex(where: { series[$0] === handler }) else { return false }
        series[order.remove(at: index)] = nil
        return true
    }

    func write(to text: inout String) {
        if let help { text += "# HELP \(name) \(PrometheusText.help(help))\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n"
        for labels in order { series[labels]?.write(name, labels, to: &text) }
    }
}
