/// What every store of a partition promises, as checks that an implementation is run through.
///
/// ```swift
/// let report = await StoreCompliance.check(outlivesProcess: true, journals: false) { place in
///     try MyStore(folder: place.folder)
/// }
/// #expect(report.complies, "\(report)")
/// ```
///
/// Warren's own stores, over SQLite and in memory, pass the same checks in the same way.
public enum StoreCompliance {
    /// A promise of a store.
    public typealias Check = ComplianceCheck<StoreBench>

    /// The promises of every store.
    public static let checks: [Check] = writing + ordering + listing + parents + counting + parts

    /// The further promises of a store that outlives its process.
    public static let durableChecks: [Check] = durable

    /// The further promises of a store that can be a copy of a journal. Hosts ask none of a store of your own.
    public static let journalChecks: [Check] = journal

    /// The further promises of a store that outlives its process and can be a copy of a journal.
    public static let durableJournalChecks: [Check] = durableJournal

    /// Runs all checks, one after the other.
    ///
    /// - Parameters:
    ///   - outlivesProcess: whether a store that is made for a folder again has what was committed there.
    ///   - journals: whether a store can be a copy of a journal, with the identity that ``StorePlace/journal`` names.
    ///   - limit: the time that one check may take.
    ///   - make: makes a store of partition 0 of 4 in the hub `test`.
    public static func check(
        outlivesProcess: Bool, journals: Bool = true, limit: Duration = .seconds(60), make: @escaping StoreBench.Make
    ) async -> ComplianceReport {
        var report = ComplianceReport()
        let durable = outlivesProcess ? durableChecks + (journals ? durableJournalChecks : []) : []
        for check in checks + (journals ? journalChecks : []) + durable {
            report.entries.append(await run(check, limit: limit, make: make))
        }
        return report
    }

    /// Runs one check.
    ///
    /// - Parameters:
    ///   - check: one of ``checks`` or of the further ones.
    ///   - limit: the time that the check may take.
    ///   - make: makes a store of partition 0 of 4 in the hub `test`.
    public static func run(
        _ check: Check, limit: Duration = .seconds(60), make: @escaping StoreBench.Make
    ) async -> ComplianceReport.Entry {
        let bench = StoreBench(make: make, findings: ComplianceFindings())
        return await check.entry(bench.findings, within: limit) { body in try await body(bench) }
    }
}
