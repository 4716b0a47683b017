/// Something that an operation asked for, to be done if it succeeds.
package enum EntityEffect: Sendable, Hashable {
    case signal(EntityID, operation: String, EntityRequest)
    /// - `instanceID`: `nil` for a random one.
    case start(name: String, instanceID: String?, input: Payload, startAt: Timestamp?)
}
