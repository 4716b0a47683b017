import Warren
import WarrenStorage

extension PartitionStore {
    /// The number of instances that are suspended because the code of the hosts cannot run them, counted up to 10000
    /// suspended ones. Rows are read by their status, without inputs and outputs.
    func parkedInstances() throws -> Int {
        var query = InstanceQuery(statuses: [.suspended], limit: 1000)
        query.includeInput = false
        query.includeOutput = false
        var count = 0
        for _ in 0..<10 {
            let page = try summaries(query, bytes: 8 << 20)
            count += page.instances.count { record in
                guard let cause = record.condition.suspension?.cause else { return false }
                return cause != .byOperator
            }
            guard let next = page.next else { break }
            query.after = next
        }
        return count
    }
}
