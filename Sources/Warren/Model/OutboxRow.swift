/// Messages of one step that are not yet confirmed: opaque to the store.
package struct OutboxRow: Sendable, Hashable {
    package var id: Int64
    package var messages: [UInt8]
    /// The reason why the row cannot be relied on, if it differs from what was written. Never stored.
    package var damage: String?

    package init(id: Int64, messages: [UInt8], damage: String? = nil) {
        self.id = id
        self.messages = messages
        self.damage = damage
    }
}
