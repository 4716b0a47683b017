/// The limits on callers that wait for the end of one instance.
package struct WaiterBounds: Sendable {
    /// The number of callers in the instance's row, which is written again for each of them.
    package var inRow: Int
    /// The maximum number of callers. Further ones are asked to repeat their request.
    package var most: Int
    /// The maximum number of bytes of answers that an instance's end writes. Callers without an answer are asked to
    /// repeat their request.
    package var answerBytes: Int

    package init(inRow: Int = 64, most: Int = 10_000, answerBytes: Int = 32 << 20) {
        self.inRow = inRow
        self.most = most
        self.answerBytes = answerBytes
    }
}
