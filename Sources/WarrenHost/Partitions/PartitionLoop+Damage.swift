import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Handles rows of the partition's file that cannot be read.
extension PartitionLoop {
    /// Sets unreadable rows aside, and restores in the same step what they stood for according to the histories of open
    /// instances: if the process died in between, it would not be looked for again.
    func setAside() async throws {
        guard machine.hasDamage else { return }
        begin([], at: setup.clock.now)
        defer { setup.crashGuard.leave() }
        if let what = machine.takeSweep() {
            var query = InstanceQuery(statuses: RuntimeStatus.allCases.filter { !$0.isTerminal }, limit: 200)
            repeat {
                let answer = try await read(.summaries(query, bytes: 1 << 20))
                guard case .page(let page) = answer else { throw Self.unusable(answer) }
                for record in page.instances {
                    machine.add(InputContent(.mend(record.key, what)))
                    try await advance()
                }
                evict()
                query.after = page.next
            } while query.after != nil
            setup.logger.notice("What damaged rows stood for was looked up in the histories of open instances")
        }
        try await end()
    }
}
