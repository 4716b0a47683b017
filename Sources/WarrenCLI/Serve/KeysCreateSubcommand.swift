import ArgumentParser

#if HTTP
import Warren
import WarrenManagement
import WarrenSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#endif

/// `warren keys create`
struct KeysCreateSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a key, and print it: it is shown this once.",
        discussion: """
            The key goes to standard output, everything else to standard error.

            EXAMPLES
              warren keys create --name dashboard --scope read
              KEY=$(warren keys create --file /etc/warren/keys.json --name ci --scope start)
            """)

    @Option(help: .init("Who or what gets the key, for people.", valueName: "name"))
    var name: String
    @Option(
        name: .customLong("scope"), parsing: .singleValue,
        help: .init("A right: read, start, raise, control or admin; may be repeated.", valueName: "right"))
    var scopes: [String]

    @OptionGroup
    var keys: KeyFileOption

    #if HTTP
    func run() async throws {
        var rights: Set<AccessScope> = []
        for word in scopes {
            guard let scope = AccessScope(rawValue: word) else {
                throw UsageError(
                    "There is no right '\(word.printable)'. The rights: "
                        + AccessScope.allCases.map(\.rawValue).joined(separator: ", ") + ".")
            }
            rights.insert(scope)
        }
        guard !rights.isEmpty else { throw UsageError("A key needs a right: --scope read, for example.") }
        guard (1...KeyFile.maximumNameBytes).contains(name.utf8.count), !NameRules.hasControlCharacter(name) else {
            throw UsageError(
                "--name has 1 to \(KeyFile.maximumNameBytes) bytes without control characters.")
        }
        let (key, text) = AccessKey.make(name: name, scopes: rights, at: Timestamp(Date()))
        try keys.with { file in try file.update { $0.append(key) } }
        if keys.json {
            var object = KeysListSubcommand.json(key)
            object.add("key", text.text)
            Console.out(object.text)
        } else {
            Console.note("key \(key.id) was added to \(keys.path); it is shown this once:")
            Console.out(text.text)
        }
    }
    #else
    func run() async throws { throw UsageError(WithoutHTTP.explanation(of: "keys")) }
    #endif
}
