/// An external event that no wait has taken yet.
package struct RaisedEvent: Sendable, Hashable {
    package var name: String
    package var input: Payload
    /// The trace of the message that raised it, which goes with it into the next generation.
    package var trace: TraceContext?

    package init(name: String, input: Payload, trace: TraceContext? = nil) {
        self.name = name
        self.input = input
        self.trace = trace
    }
}
