/// The state that other threads may touch: jobs enqueued by them, and calls made on them.
struct ForeignState {
    var jobs: [UnownedJob] = []
    var call: String?
    /// Makes the random numbers that code on other threads gets; the instance fails for drawing them.
    var scratch = SplitMix64(state: 0)
    /// Whether the instance will not be driven again; later jobs run elsewhere, only to unwind.
    var isRetired = false
}
