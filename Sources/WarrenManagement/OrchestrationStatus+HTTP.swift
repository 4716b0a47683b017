#if HTTP
public import Warren
import WarrenClient
import WarrenSupport

extension OrchestrationStatus {
    /// The status as the management routes show it: `name`, `instanceId`, `runtimeStatus` as text, `input`,
    /// `customStatus`, `output`, `createdTime`, `lastUpdatedTime`, always all of them. For routes of your own.
    ///
    /// - Parameter showsInput: whether to include the input; it is `null` otherwise.
    public func httpJSON(showsInput: Bool = true) -> Payload {
        StatusJSON(http: self, showsInput: showsInput).object.payload
    }
}
#endif
