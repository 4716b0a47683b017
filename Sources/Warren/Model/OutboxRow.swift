/// Messages of one step that are not yet confirmed: opaque to the store.
public struct OutboxRow: Sendable, Hashable {
    /// The row's number, which grows from row to row.
    public var id: Int64
    /// The messages: opaque to the store.
    public var messages: [UInt8]
    /// The reason why the row cannot be relied on, if it differs from what was written. Never stored.
    public var damage: String?

    /// The messages of a step.
    public init(id: Int64, messages: [UInt8], damage: String? = nil) {
        self.id = id
        self.messages = messages
        self.damage = damage
    }
}
