import Logging
import Warren
import WarrenStorage
import WarrenSupport

/// Finds instances that cannot be read.
extension QueryReader {
    /// Reports every open instance with a row that cannot be read.
    ///
    /// - Parameter waitsForVersion: called with the key of every instance that waits for a host which runs its version.
    func reportDamagedInstances(waitsForVersion: (Int64) -> Void) {
        // The limit is small, because inputs are read with the rows.
        var query = InstanceQuery(statuses: RuntimeStatus.allCases.filter { !$0.isTerminal }, limit: 16)
        do {
            repeat {
                let page = try store.list(query)
                for record in page.instances {
                    if record.damage != nil { report(record.key) }
                    if record.status == .suspended, record.condition.suspension?.cause == .version {
                        waitsForVersion(record.key)
                    }
                }
                query.after = page.next
            } while query.after != nil
        } catch let error as StorageError where error.code == .closed {
            // The next host repeats the check.
        } catch {
            setup.logger.warning("Open instances cannot be checked for damage", metadata: [LogKey.error: "\(error)"])
        }
    }
}
