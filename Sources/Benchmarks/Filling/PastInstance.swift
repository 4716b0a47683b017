import Warren

/// An instance as hosts have left it, with its history.
struct PastInstance {
    /// Its row. The key is given by the partition that takes it.
    var record: InstanceRecord
    /// The events of its episodes.
    var episodes: [[HistoryEvent]]
    /// The timer for which it waits: its number, and when it fires.
    var timer: (id: Int, fireAt: Timestamp)?
}
