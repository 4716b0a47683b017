public import ArgumentParser

/// The options of samples that serve HTTP.
public struct HTTPOptions: ParsableArguments {
    /// `--http-port`
    @Option(
        help: .init("The port for HTTP; 0 for any that is free, which the `ready` line tells.", valueName: "port"))
    public var httpPort = 7071

    /// `--http-address`
    @Option(
        help: .init(
            "The address to listen at; without --http-keys one of this machine.", valueName: "address"))
    public var httpAddress = "127.0.0.1"

    /// `--http-keys`
    @Option(
        help: .init(
            "The file of access keys, made by 'warren keys create'; without it every program of this machine may do "
                + "everything.", valueName: "file"))
    public var httpKeys: String?

    /// Port 7071 of this machine.
    public init() {}

    /// Refuses ports that there are none of.
    public func validate() throws {
        guard (0...65_535).contains(httpPort) else { throw ValidationError("--http-port is 0 to 65535.") }
    }
}
