import Warren
import WarrenStorage

/// The instances that are under way when a host starts.
enum OpenInstances {
    /// Makes sure that this program can run all of them. An older version of it, or one with a forgotten registration,
    /// would fail for good the instances that the right one can run.
    ///
    /// - Parameter retired: orchestrations with instances that are to fail.
    /// - Throws: `HostError` with the code `registration`, or `storage`.
    static func check(
        _ stores: [any PartitionStore], areRunBy runner: any OrchestratorRunner, except retired: Set<String>
    ) throws {
        var unknown: [String: Int] = [:]
        for store in stores {
            do {
                for (name, count) in try store.openInstances() where !runner.runs(name) && !retired.contains(name) {
                    let damaged = try damagedInstances(of: name, in: store)
                    if count > damaged { unknown[name, default: 0] += count - damaged }
                }
            } catch {
                throw HostError(.storage, "The open instances cannot be counted: \(error)", cause: error)
            }
        }
        guard !unknown.isEmpty else { return }
        let names = unknown.sorted { $0.key < $1.key }.map { "\($0.value) of '\($0.key)'" }
        let more = names.count > 10 ? " and \(names.count - 10) more orchestrations" : ""
        throw HostError(
            .registration,
            "Open instances cannot go on in this program: \(names.prefix(10).joined(separator: ", "))\(more). Register "
                + "their orchestrations, or start the version that does; name those whose instances are to fail in "
                + "'orchestrations.retired'.")
    }

    /// Counts the open instances that have that name only because their rows are damaged. They fail when a message for
    /// them arrives.
    private static func damagedInstances(of name: String, in store: any PartitionStore) throws -> Int {
        // A damaged name may not be valid UTF-8. Reading replaces the bad bytes, so that no query by name finds it.
        let isWhole = !name.contains("\u{FFFD}")
        var query = InstanceQuery(
            name: isWhole ? name : nil, statuses: RuntimeStatus.allCases.filter { !$0.isTerminal }, limit: 100)
        var count = 0
        repeat {
            let page = try store.list(query)
            count += page.instances.count { $0.damage != nil && $0.name == name }
            query.after = page.next
        } while query.after != nil
        return count
    }
}
