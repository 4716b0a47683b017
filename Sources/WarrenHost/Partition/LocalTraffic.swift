/// Told of messages that go from partition to partition inside this process. Nobody sees them on a transport: this is how
/// a test knows that some are on their way.
package protocol LocalTraffic: Sendable {
    /// A message is on its way.
    func begin()
    /// A message has taken effect, and so has everything that it set off at once.
    func end()
}
