import Logging
import Warren
import WarrenStorage
import WarrenSupport

/// Finds instances that cannot be read.
extension QueryReader {
    /// Reports every open instance with a row that cannot be read.
    func reportDamagedInstances() {
        // The limit is small, because inputs are read with the rows.
        var query = InstanceQuery(statuses: RuntimeStatus.allCases.filter { !$0.isTerminal }, limit: 16)
        do {
            repeat {
                let page = try store.list(query)
                for record in page.instances where record.damage != nil { report(record.key) }
                query.after = page.next
            } while query.after != nil
        } catch let error as StorageError where error.code == .closed {
            // The next host repeats the check.
        } catch {
            setup.logger.warning("Open instances cannot be checked for damage", metadata: [LogKey.error: "\(error)"])
        }
    }
}
