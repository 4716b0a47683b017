/// A caller that waits for the result of an update that is under way.
package struct UpdateCaller: Sendable, Hashable {
    /// The ID by which the history tells updates apart.
    package var updateID: String
    package var address: ReplyAddress

    package init(updateID: String, address: ReplyAddress) {
        self.updateID = updateID
        self.address = address
    }
}
