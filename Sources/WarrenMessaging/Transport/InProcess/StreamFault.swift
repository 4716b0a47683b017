/// A fault of a stream of the in-process broker, for tests. Those of a stream happen one after the other, each to the
/// next publishes to the stream.
package enum StreamFault: Sendable, Hashable {
    /// The next records are confirmed and not stored.
    case lose(Int)
    /// The next record is stored twice.
    case repeatNext
    /// The next records are neither confirmed nor stored before ``InProcessTransport/releaseStream(_:)``. Later ones
    /// overtake them.
    case delay(Int)
    /// The next record is refused (`basic.nack`) and not stored.
    case refuse
    /// The next records are returned as unroutable (`basic.return`) and not stored, as by a broker that has just started and
    /// has not found the stream yet.
    case unroutable(Int)

    /// The rest of the fault after one record.
    var rest: StreamFault? {
        switch self {
        case .lose(let count): count > 1 ? .lose(count - 1) : nil
        case .delay(let count): count > 1 ? .delay(count - 1) : nil
        case .unroutable(let count): count > 1 ? .unroutable(count - 1) : nil
        case .repeatNext, .refuse: nil
        }
    }
}
