/// An external event that no wait has taken yet.
package struct RaisedEvent: Sendable, Hashable {
    package var name: String
    package var input: Payload

    package init(name: String, input: Payload) {
        self.name = name
        self.input = input
    }
}
