/// The place at which a reader of a stream begins.
public enum StreamStart: Sendable, Hashable {
    /// The oldest record that is kept.
    case first
    /// The newest records: with RabbitMQ the last chunk, which may hold several records, inside a process the last
    /// record. With an empty stream the same as ``next``.
    case last
    /// Only records that come from now on.
    case next
    /// The record with this offset, or the oldest one that is kept if that is newer. A stream that does not reach to
    /// the offset yet delivers nothing until it does, not even records that are written meanwhile.
    case offset(Int64)
}
