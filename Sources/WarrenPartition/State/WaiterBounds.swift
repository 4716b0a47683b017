/// How many may wait for the end of one instance.
package struct WaiterBounds: Sendable {
    /// How many are kept in the instance's row, which is written again for each of them.
    package var inRow: Int
    /// How many there are at the most. Beyond that they are told to ask again.
    package var most: Int
    /// How many bytes of answers an instance's end writes at the most. Who gets no answer is told to ask again.
    package var answerBytes: Int

    package init(inRow: Int = 64, most: Int = 10_000, answerBytes: Int = 32 << 20) {
        self.inRow = inRow
        self.most = most
        self.answerBytes = answerBytes
    }
}
