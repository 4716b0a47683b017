import Foundation
import Testing
import WarrenSupport

@testable import WarrenManagement

/// What people read and what machines check has to agree with the table of metrics.
@Suite("Metrics: the table, the pages, the dashboard and the alert rules", .timeLimit(.minutes(1)))
struct MetricTableTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The names that a family has in queries.
    private static var queryNames: Set<String> {
        var names: Set<String> = ["warren_metrics_refused_total", "warren_metrics_series"]
        for metric in MetricTable.all {
            switch metric.kind {
            case .counter, .seconds, .gauge: names.insert(metric.name)
            case .sizes, .timer: for suffix in ["_bucket", "_sum", "_count"] { names.insert(metric.name + suffix) }
            }
        }
        return names
    }

    private static func names(in text: String) -> Set<String> {
        Set(text.matches(of: /\bwarren_[a-z_]+/).map { String($0.0) })
    }

    @Test("Names are unique, begin with warren_, and end as Prometheus wants")
    func names() {
        #expect(Set(MetricTable.all.map(\.name)).count == MetricTable.all.count)
        for metric in MetricTable.all {
            #expect(metric.name.wholeMatch(of: /warren_[a-z]+(_[a-z]+)*/) != nil, "\(metric.name)")
            #expect(metric.name.hasSuffix("_total") == [.counter, .seconds].contains(metric.kind), "\(metric.name)")
            if metric.kind == .timer { #expect(metric.name.hasSuffix("_seconds"), "\(metric.name)") }
            #expect(metric.help.hasSuffix("."), "\(metric.name)")
            #expect(Set(metric.labels).count == metric.labels.count && !metric.labels.contains("le"), "\(metric.name)")
            let buckets = metric.buckets
            #expect(buckets.isEmpty != [.sizes, .timer].contains(metric.kind), "\(metric.name)")
            #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }, "\(metric.name)")
        }
    }

    @Test("The page 'Metrics' has a row for each, and for no other")
    func page() throws {
        let page = try Self.text("Sources/Warren/Warren.docc/Metrics.md")
        let kinds: [MetricDefinition.Kind: String] = [
            .counter: "counter", .seconds: "counter, seconds", .gauge: "gauge", .sizes: "distribution",
            .timer: "distribution, seconds",
        ]
        let rows = MetricTable.all.map { metric in
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(metric.name)` | \(kinds[metric.kind] ?? "") | \(labels) | \(metric.help) |"
        }
        let lines = page.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `warren_") }
        #expect(lines == rows)
    }

    @Test("The dashboard shows each metric, and asks for none that is not there")
    func dashboard() throws {
        let text = try Self.text("docker/grafana/dashboards/warren.json")
        let dashboard = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let panels = try #require(dashboard?["panels"] as? [[String: Any]])
        let queries = panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }.compactMap { $0["expr"] as? String }
        #expect(queries.count > 30)
        let used = Self.names(in: queries.joined(separator: "\n"))
        #expect(used.subtracting(Self.queryNames) == [])
        let shown = MetricTable.all.filter { metric in used.contains { $0.hasPrefix(metric.name) } }
        #expect(shown.count == MetricTable.all.count)
        let ids = panels.compactMap { $0["id"] as? Int }
        #expect(ids.count == panels.count && Set(ids).count == ids.count)
    }

    @Test(
        "The alert rules ask for metrics that are there, and the page 'Alarms' has a section for each that says the same"
    )
    func alerts() throws {
        let rules = try Self.text("docker/prometheus/alerts.yaml")
        let page = try Self.text("Sources/Warren/Warren.docc/Alarms.md")
        let form =
            /- alert: (?<name>\w+)\n +expr: (?<query>.+)\n +for: \d+m\n +labels:\n +severity: (?<severity>critical|warning|info)\n +annotations:\n +summary: "(?<means>.+)"\n +description: "(?<remedy>.+)"\n +runbook: "(?<page>.+)#(?<place>.+)"\n/
        let alerts = rules.matches(of: form)
        #expect(alerts.count == rules.matches(of: /- alert:/).count && alerts.count > 10)
        for alert in alerts {
            #expect(Self.names(in: String(alert.query)).subtracting(Self.queryNames) == [], "\(alert.name)")
            let remedy = alert.remedy.replacing("\\\"", with: "\"")
            #expect(alert.page == "Sources/Warren/Warren.docc/Alarms.md" && alert.place == alert.name.lowercased())
            // What it means, what to do, and two commands: what shows it, and what mends it.
            let section = "### \(alert.name)\n\n\(alert.means)\n\n\(remedy)\n\n```sh\n"
            let place = try #require(page.range(of: section), "\(alert.name)")
            let commands = page[place.upperBound...].components(separatedBy: "\n```")[0].split(separator: "\n")
            #expect(commands.count == 2, "\(alert.name)")
            let list = try #require(page.split(separator: "\n").first { $0.hasPrefix("| \(alert.severity) |") })
            #expect(list.contains("`\(alert.name)`"), "\(alert.name)")
        }
        let named = page.matches(of: /\n### (Warren\w+)\n/).map { String($0.1) }
        #expect(named == alerts.map { String($0.name) })
    }
}
