/// What every store of a partition promises, as checks that an implementation is run through.
///
/// ```swift
/// let report = await StoreCompliance.check(outlivesProcess: true) { place in
///     try MyStore(folder: place.folder, journal: place.journal)
/// }
/// #expect(report.complies, "\(report)")
/// ```
///
/// Warren's own stores, over SQLite and in memory, pass the same checks in the same way.
package enum StoreCompliance {
    /// A promise of a store.
    package typealias Check = ComplianceCheck<StoreBench>

    /// The promises of every store.
    package static let checks: [Check] = writing + ordering + listing + parents + counting + parts + journal

    /// The further promises of a store that outlives its process.
    package static let durableChecks: [Check] = durable

    /// Runs all checks, one after the other.
    ///
    /// - Parameters:
    ///   - outlivesProcess: whether a store that is made for a folder again has what was committed there.
    ///   - limit: the time that one check may take.
    ///   - make: makes a store of partition 0 of 4 in the hub `test`.
    package static func check(
        outlivesProcess: Bool, limit: Duration = .seconds(60), make: @escaping StoreBench.Make
    ) async -> ComplianceReport {
        var report = ComplianceReport()
        for check in checks + (outlivesProcess ? durableChecks : []) {
            report.entries.append(await run(check, limit: limit, make: make))
        }
        return report
    }

    /// Runs one check.
    package static func run(
        _ check: Check, limit: Duration = .seconds(60), make: @escaping StoreBench.Make
    ) async -> ComplianceReport.Entry {
        let bench = StoreBench(make: make, findings: ComplianceFindings())
        return await check.entry(bench.findings, within: limit) { body in try await body(bench) }
    }
}
