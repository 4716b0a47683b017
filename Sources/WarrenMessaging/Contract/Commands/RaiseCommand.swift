package import Warren

package struct RaiseCommand: Sendable, Hashable {
    package var instanceID: String
    package var eventName: String
    package var payload: Payload
    /// The start of the instance, if the event is to start one that does not exist.
    package var start: EventStart?
    package var context: CommandContext

    package init(
        instanceID: String, eventName: String, payload: Payload = .null, start: EventStart? = nil,
        context: CommandContext = .init()
    ) {
        self.instanceID = instanceID
        self.eventName = eventName
        self.payload = payload
        self.start = start
        self.context = context
    }
}
