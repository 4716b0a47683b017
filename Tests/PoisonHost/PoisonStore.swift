import Warren
import WarrenStorage

/// A store that ends the process when somebody lists instances called `boom`.
final class PoisonStore: ForwardingStore {
    let store: any PartitionStore

    init(_ store: any PartitionStore) { self.store = store }

    func list(_ query: InstanceQuery) throws -> RecordPage {
        if query.name == "boom" { fatalError("boom") }
        return try store.list(query)
    }

    func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage {
        if query.name == "boom" { fatalError("boom") }
        return try store.summaries(query, bytes: bytes)
    }
}
