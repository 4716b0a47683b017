/// The kinds of requests of a client, as metrics name them.
enum RequestKind: String, Sendable, CaseIterable {
    case start, raise, control, status, wait, list, purge, redrive, query, update
    /// Questions about the hub itself.
    case describe
}
