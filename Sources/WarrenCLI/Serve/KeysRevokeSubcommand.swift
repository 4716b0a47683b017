import ArgumentParser

#if HTTP
import WarrenManagement
#endif

/// `warren keys revoke`
struct KeysRevokeSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Remove keys from a file; servers refuse them within a second.")

    @Argument(help: .init("The IDs of the keys, as 'warren keys list' shows them.", valueName: "id"))
    var ids: [String]

    @OptionGroup
    var keys: KeyFileOption

    #if HTTP
    func run() async throws {
        let path = keys.path
        try keys.with { file in
            try file.update { all in
                for id in ids {
                    guard all.contains(where: { $0.id == id }) else {
                        throw AccessKeyError("There is no key '\(id.printable)' in '\(path)'; nothing was revoked.")
                    }
                    all.removeAll { $0.id == id }
                }
            }
        }
        Console.note(ids.count == 1 ? "the key was revoked" : "\(ids.count) keys were revoked")
    }
    #else
    func run() async throws { throw UsageError(WithoutHTTP.explanation(of: "keys")) }
    #endif
}
