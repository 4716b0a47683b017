/// A server of the HTTP API that is measured.
protocol HTTPServer: Sendable {
    /// The address of the server.
    var url: String { get }

    func stop() async
}
