/// The place where a task hub keeps what it has acknowledged. It is fixed when the hub is created.
public struct Durability: NamedChoice {
    /// The files of the host's data directory. Nothing else has them: when the disk is lost, what happened since the last
    /// backup is lost.
    public static let local = Durability(name: "local")
    /// A journal on the broker, one stream for each partition, from which the files are made again when they are lost.
    /// Each step is written to the broker first, which costs it disk space and each step the way there and back.
    public static let journal = Durability(name: "journal")

    /// All values.
    public static let allCases = [local, journal]

    /// The name.
    public let name: String
}
