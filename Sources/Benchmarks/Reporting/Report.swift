import ArgumentParser
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Prints results as they come: a table for people, or a line of JSON each.
final class Report: Sendable {
    private let isJSON: Bool
    private let results = Mutex<[WorkloadResult]>([])

    init(json: Bool) {
        isJSON = json
    }

    /// Prints a result and keeps it for the bars.
    func add(_ result: WorkloadResult) {
        let isFirst = results.withLock { results in
            results.append(result)
            return results.count == 1
        }
        if isJSON {
            print(Self.json(result))
        } else {
            if isFirst { print(ResultTable.header) }
            print(ResultTable.rows(result))
        }
        fflush(nil)
    }

    /// The number of results so far.
    var count: Int { results.withLock { $0.count } }

    /// Prints what the journal costs, by the results from an index on.
    func compare(from first: Int) {
        let costs = results.withLock { JournalCost.all(Array($0.dropFirst(first))) }
        for cost in costs { print(isJSON ? Self.json(cost) : cost.line) }
        if let cost = results.withLock({ FollowerCost(Array($0.dropFirst(first))) }) {
            print(isJSON ? Self.json(cost) : cost.line)
        }
        fflush(nil)
    }

    /// Prints the bars, if they are asked for.
    ///
    /// - Throws: exit code 2 when one was missed.
    func finish(check: Bool) throws {
        guard check else { return }
        let checks = Bar.all.compactMap { BarCheck($0, results.withLock { $0 }) }
        if isJSON {
            for check in checks { print(Self.json(check)) }
        } else {
            print("")
            for check in checks { print(check.line) }
        }
        if checks.contains(where: { !$0.isPassed }) { throw ExitCode(2) }
    }

    static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            // trap: numbers and names of our own.
            preconditionFailure("A result cannot be written as JSON: \(error)")
        }
    }
}
