/// What functions can be registered with: a host, or a test hub.
public protocol FunctionRegistrar {
    /// Where the functions go.
    var functions: FunctionRegistry { get }
}
