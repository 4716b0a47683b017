/// How many may wait for the end of one instance.
struct WaiterBounds: Sendable {
    /// How many are kept in the instance's row, which is written again for each of them.
    var inRow = 64
    /// How many there are at the most. Beyond that they are told to ask again.
    var most = 10_000
    /// How many bytes of answers an instance's end writes at the most. Who gets no answer is told to ask again.
    var answerBytes = 32 << 20
}
