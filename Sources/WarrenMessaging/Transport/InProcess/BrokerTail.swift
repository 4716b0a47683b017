/// A reader of a stream of the in-process broker.
struct BrokerTail {
    let queue: Int
    /// The offset of the next record to be read.
    var next: Int64
    /// The maximum number of records in a batch; with 0 nothing is read at present.
    var limit = BrokerStream.batchLimit.records
    /// The reader, if it waits.
    var waiter: BrokerConsumer.Waiter?
}
