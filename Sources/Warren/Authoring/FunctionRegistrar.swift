/// A type with which functions can be registered: a host, or a test hub.
public protocol FunctionRegistrar {
    /// The registry that gets the functions.
    var functions: FunctionRegistry { get }
}
