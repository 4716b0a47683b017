/// The reply address of a caller that waits for an instance's end: opaque to the store.
package struct WaiterRow: Sendable, Hashable {
    package var instance: Int64
    package var address: [UInt8]

    package init(instance: Int64, address: [UInt8]) {
        self.instance = instance
        self.address = address
    }
}
