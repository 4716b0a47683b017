/// An error after which another attempt is pointless: a declined card, not a busy server.
///
/// Conform an error type to it, and a retry policy stops at once when an activity throws it.
public protocol NonRetriableError: Error {}
