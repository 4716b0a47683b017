package import WarrenMessaging

/// A work item as a value, beside its message: a worker of the same process need not decode it.
package final class CarriedWork: Sendable {
    package let item: WorkItem
    /// The ID of its message, for the answer.
    package let correlationID: String

    package init(_ item: WorkItem, correlationID: String) {
        self.item = item
        self.correlationID = correlationID
    }
}
