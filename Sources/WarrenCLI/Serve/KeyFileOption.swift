import ArgumentParser
import WarrenConfiguration

#if HTTP
import WarrenManagement
#endif

/// The file of keys.
struct KeyFileOption: ParsableArguments {
    @Option(help: .init("The file of keys (WARREN_KEYS, else warren-keys.json).", valueName: "file"))
    var file: String?

    @OptionGroup
    var configuration: ConfigurationOptions

    @Flag(help: "Print JSON.")
    var json = false

    /// The path of the file. It is found when the command line is read, so that what is wrong with the configuration is said as
    /// of any other option.
    private(set) var path = "warren-keys.json"

    mutating func validate() throws {
        let given = file.map { [ConfigurationSources.Argument("http.keys", $0, option: "--file")] }
        if let keys = try configuration.http(given ?? []).keys { path = keys }
    }

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
