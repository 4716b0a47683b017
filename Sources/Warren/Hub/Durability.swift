/// The place where a task hub keeps what it has acknowledged. It is fixed when the hub is created.
public struct Durability: Sendable, Hashable, CustomStringConvertible {
    private enum Value: String, Sendable, CaseIterable { case local, journal }
    private let value: Value

    /// The files of the host's data directory. Nothing else has them: when the disk is lost, what happened since the last
    /// backup is lost.
    public static let local = Durability(value: .local)
    /// A journal on the broker, one stream for each partition, from which the files are made again when they are lost.
    /// Each step is written to the broker first, which costs it disk space and each step the way there and back.
    public static let journal = Durability(value: .journal)

    private init(value: Value) { self.value = value }

    /// The durability with a name, or `nil`.
    public init?(_ name: String) {
        guard let value = Value(rawValue: name) else { return nil }
        self.value = value
    }

    /// All names.
    public static var names: [String] { Value.allCases.map(\.rawValue) }

    /// The name.
    public var description: String { value.rawValue }
}
