import Warren
import WarrenClient
import WarrenSupport

/// A hub at one moment, as `warren top` shows it. Pure.
struct TopView {
    /// Changes of the numbers of instances since an earlier view, per second.
    struct Rates {
        /// The growth of the number of all instances.
        var new: Double
        /// The growth of the number of ended instances.
        var ended: Double
    }

    let hub: String
    let at: Timestamp
    /// The number of instances of each status; a status without instances may be missing.
    let counts: [RuntimeStatus: Int]
    /// The open instances that have not moved for the longest time.
    let waiting: [OrchestrationStatus]
    /// The owners of the partitions; `nil` if the broker does not say.
    let owners: OwnersReport?
    /// The partitions that did not answer: their instances are not counted.
    let incomplete: [Int]
    var rates: Rates?

    private static let shown: [RuntimeStatus] = [.pending, .running, .suspended, .completed, .failed, .terminated]

    /// The same view with the rates since an earlier one. There are none if other partitions answered then.
    func comparing(with earlier: TopView?) -> TopView {
        guard let earlier, earlier.incomplete == incomplete else { return self }
        let seconds = at.duration(since: earlier.at) / .seconds(1)
        guard seconds > 0 else { return self }
        var view = self
        view.rates = Rates(
            new: Double(total - earlier.total) / seconds, ended: Double(ended - earlier.ended) / seconds)
        return view
    }

    private var total: Int { counts.values.reduce(0, +) }

    private var ended: Int { counts.reduce(0) { $1.key.isTerminal ? $0 + $1.value : $0 } }

    /// The lines for people.
    func lines(_ style: Style) -> [String] {
        let statuses = Self.shown + counts.keys.filter { !Self.shown.contains($0) }.sorted { $0.rawValue < $1.rawValue }
        var numbers = statuses.map { "\(style.status($0)) \(counts[$0] ?? 0)" }
        if let rates { numbers += ["new \(Self.text(rates.new))/s", "ended \(Self.text(rates.ended))/s"] }
        var lines = ["hub \(hub)  \(at.shortText)", numbers.joined(separator: "  ")]
        if !incomplete.isEmpty {
            lines.append(style.red("without \(PartitionWords.text(incomplete)), which did not answer"))
        }
        lines += owners?.lines(style) ?? []
        guard !waiting.isEmpty else { return lines + ["no open instances"] }
        return lines + ["longest waiting:"] + InstanceTable(instances: waiting, style: style, now: at).lines
    }

    /// The object that `--json` prints.
    var json: JSONObjectWriter {
        var numbers = JSONObjectWriter()
        for status in RuntimeStatus.allCases { numbers.add(status.rawValue, counts[status] ?? 0) }
        var object = JSONObjectWriter()
        object.add("time", ISO8601.text(at))
        object.add("hub", hub)
        object.add("counts", raw: numbers.bytes)
        if let rates {
            object.add("newPerSecond", raw: Self.text(rates.new))
            object.add("endedPerSecond", raw: Self.text(rates.ended))
        }
        owners?.add(to: &object)
        object.add("longestWaiting", waiting.map { StatusJSON($0).object })
        if !incomplete.isEmpty { object.add("incomplete", raw: MissingPartitions.array(incomplete)) }
        return object
    }

    /// A rate with one decimal.
    private static func text(_ rate: Double) -> String {
        let tenths = Int((rate * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
