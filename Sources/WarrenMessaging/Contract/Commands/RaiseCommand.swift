package import Warren

package struct RaiseCommand: Sendable, Hashable {
    package var instanceID: String
    package var eventName: String
    package var payload: Payload
    package var context: CommandContext

    package init(instanceID: String, eventName: String, payload: Payload = .null, context: CommandContext = .init()) {
        self.instanceID = instanceID
        self.eventName = eventName
        self.payload = payload
        self.context = context
    }
}
