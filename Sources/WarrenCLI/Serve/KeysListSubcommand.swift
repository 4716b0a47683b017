import ArgumentParser

#if HTTP
import Warren
import WarrenManagement
import WarrenSupport
#endif

/// `warren keys list`
struct KeysListSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the keys of a file: their IDs, names, rights and times; never a secret.")

    @OptionGroup
    var keys: KeyFileOption

    #if HTTP
    func run() async throws {
        let all = try keys.with { try $0.read() }
        if keys.json {
            for key in all { Console.out(Self.json(key).text) }
            return
        }
        let style = Style.standard
        let width = max("NAME".count, all.map { $0.name.printable.count }.max() ?? 0)
        Console.out(
            style.faint("ID".padded(to: 8) + "  " + "NAME".padded(to: width) + "  CREATED               RIGHTS"))
        for key in all {
            Console.out(
                "\(key.id)  \(key.name.printable.padded(to: width))  \(ISO8601.text(secondOf: key.createdAt))  "
                    + Self.scopes(key).joined(separator: ", "))
        }
    }

    static func json(_ key: AccessKey) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("id", key.id)
        object.add("name", key.name)
        object.add("scopes", scopes(key))
        object.add("createdTime", ISO8601.text(key.createdAt))
        return object
    }

    private static func scopes(_ key: AccessKey) -> [String] {
        AccessScope.allCases.filter(key.scopes.contains).map(\.rawValue)
    }
    #else
    func run() async throws { throw UsageError(WithoutHTTP.explanation(of: "keys")) }
    #endif
}
