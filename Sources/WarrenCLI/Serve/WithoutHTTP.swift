#if !HTTP
/// Explains what is missing in a tool that was built without a server.
enum WithoutHTTP {
    static func explanation(of command: String) -> String {
        "'warren \(command)' is not in this program: it was built without the trait HTTP. Build it with "
            + "'swift build --traits HTTP --product warren'."
    }
}
#endif
