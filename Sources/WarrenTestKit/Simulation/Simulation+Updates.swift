import WarrenMessaging
import WarrenStorage

extension Simulation {
    /// Checks U1: every update is answered, and every time with the same result.
    ///
    /// That each took effect once follows from the outputs: a program counts the different ones among as many as it waits
    /// for.
    func checkUpdates() {
        for timed in plan.actions {
            guard case .update(let index, let number) = timed.action else { continue }
            let root = plan.roots[index]
            let disk = disks[Partitioning.partition(of: root.id, count: Self.partitions)]
            if disk.rows.instance(root.id).map(mayStaySuspended) ?? false { continue }
            let id = SimClients.updateID(root, number)
            let results = Set((ledger.replies["c-\(id)"] ?? []).filter { $0.status == .answered }.map(\.body))
            if results.isEmpty { world.fail("U1", id, "nobody answers the update") }
            if results.count > 1 { world.fail("U1", id, "it has \(results.count) different results") }
        }
    }
}
