import Warren

/// A listing's statement: the index that it reads and the order in which it returns rows.
struct Listing: Hashable {
    var index: ListingIndex
    var order: InstanceQuery.Order
}
