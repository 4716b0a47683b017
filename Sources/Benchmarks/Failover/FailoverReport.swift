import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Prints figures, each with its bar: a table for people, or a line of JSON each.
struct FailoverReport {
    private static let widths = [-62, 8, 9, 9, 9]

    let isJSON: Bool

    var header: String { Self.row(["figure", "samples", "p50 ms", "p99 ms", "max ms"]) }

    func lines(_ figure: FailoverFigure) -> [String] {
        guard !isJSON else { return [Report.json(figure)] + (figure.check.map { [Report.json($0)] } ?? []) }
        let latencies = figure.latencies
        let numbers = Self.row([
            figure.title, String(figure.samples.count), Number.text(latencies.p50), Number.text(latencies.p99),
            Number.text(latencies.max),
        ])
        return [numbers] + (figure.check.map { ["    \($0.line)"] } ?? [])
    }

    /// Prints everything.
    ///
    /// - Throws: exit code 2 when a bar was missed and that is to be checked.
    func finish(_ figures: [FailoverFigure], notes: [String], check: Bool) throws {
        if !isJSON { print(header) }
        for line in figures.flatMap(lines) { print(line) }
        if !isJSON {
            for note in notes { print(note) }
        }
        fflush(nil)
        if check, figures.contains(where: { $0.check?.isPassed == false }) { throw ExitCode(2) }
    }

    private static func row(_ cells: [String]) -> String {
        zip(cells, widths).map { cell, width in
            let padding = String(repeating: " ", count: max(0, abs(width) - cell.count))
            return width < 0 ? cell + padding : padding + cell
        }
        .joined(separator: " ")
    }
}
