/// The reply address of a caller that waits for an instance's end: opaque to the store.
public struct WaiterRow: Sendable, Hashable {
    /// The key of the instance.
    public var instance: Int64
    /// The address: opaque to the store.
    public var address: [UInt8]

    /// A caller that waits.
    public init(instance: Int64, address: [UInt8]) {
        self.instance = instance
        self.address = address
    }
}
