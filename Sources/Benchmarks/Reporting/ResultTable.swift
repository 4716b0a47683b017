/// Results as a table: a row of numbers, and under it the floor and the ratios to it.
enum ResultTable {
    private static let columns: [(title: String, width: Int)] = [
        ("workload", -16), ("transport", -10), ("durability", -10), ("in flight", 9), ("orch/s", 9), ("act/s", 9),
        ("p50 ms", 9), ("p99 ms", 9), ("max ms", 9), ("cpu", 5), ("µs/step", 8), ("alloc/step", 10), ("MB", 6),
    ]

    static var header: String { row(columns.map(\.title)) }

    static func rows(_ result: WorkloadResult) -> String {
        let numbers = row([
            result.workload, result.transport, result.durability + (result.hosts.map { " x\($0)" } ?? ""),
            String(result.inFlight),
            Number.text(result.orchestrationsPerSecond),
            Number.text(result.activitiesPerSecond), Number.text(result.latencyMs.p50),
            Number.text(result.latencyMs.p99), Number.text(result.latencyMs.max), Number.text(result.cpu),
            result.cpuMicrosecondsPerStep.map(Number.text) ?? "-", result.allocationsPerStep.map(Number.text) ?? "-",
            String(result.residentBytes / 1_000_000),
        ])
        let floor = result.floor
        let ratios = result.ratios.sorted { $0.key < $1.key }.map { "\($0.key) \(Number.text($0.value))" }
        return numbers + "\n    floor: commit \(Number.text(floor.commitP50Ms)) ms, fsync "
            + "\(Number.text(floor.fsyncP50Ms)) ms, hop \(Number.text(floor.hopP50Ms)) ms, "
            + "\(Number.text(floor.brokerMessagesPerSecond)) messages/s"
            + (ratios.isEmpty ? "" : "; " + ratios.joined(separator: ", "))
    }

    private static func row(_ cells: [String]) -> String {
        zip(cells, columns).map { cell, column in
            let padding = String(repeating: " ", count: max(0, abs(column.width) - cell.count))
            return column.width < 0 ? cell + padding : padding + cell
        }
        .joined(separator: " ")
    }
}
