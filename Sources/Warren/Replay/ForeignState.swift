/// What other threads may touch: jobs that came from elsewhere, and calls made from there.
struct ForeignState {
    var jobs: [UnownedJob] = []
    var call: String?
    /// Nobody will drive the instance again; jobs that still come run elsewhere, only to unwind.
    var isRetired = false
}
