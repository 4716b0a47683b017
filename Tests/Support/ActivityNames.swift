package import Warren

/// The names of the activities that a program registers: each has a queue in the program's hub.
package func activityNames(_ register: (FunctionRegistry) -> Void) -> [String] {
    let registry = FunctionRegistry()
    register(registry)
    return registry.activityNames
}
