import ArgumentParser

#if HTTP
import WarrenManagement
#endif

/// The file of keys.
struct KeyFileOption: ParsableArguments {
    @Option(help: .init("The file of keys (WARREN_KEYS, else warren-keys.json).", valueName: "file"))
    var file: String?

    @Flag(help: "Print JSON.")
    var json = false

    var path: String { file ?? Environment.value("WARREN_KEYS") ?? "warren-keys.json" }

    #if HTTP
    /// Runs a body with the file, and words its errors for people.
    func with<Value>(_ body: (KeyFile) throws -> Value) throws -> Value {
        do {
            return try body(KeyFile(path))
        } catch let error as AccessKeyError {
            throw UsageError(error.message)
        }
    }
    #endif
}
