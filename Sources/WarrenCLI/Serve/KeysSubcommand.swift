import ArgumentParser

/// `warren keys`
struct KeysSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Create, list and revoke the access keys of the HTTP API.",
        discussion: """
            A key has rights (--scope): read shows everything; start starts and restarts; raise raises events; control \
            terminates, suspends, resumes and purges; admin may do all of that, and redrive and purge dead letters. A \
            program sends it as 'Authorization: Bearer wk_…' or 'x-api-key: wk_…'.

            The file has no secrets, only their SHA-256; a key is printed once, when it is created. A server that runs \
            with the file knows a new key at once, and refuses a revoked one within a second.

            EXAMPLES
              warren keys create --file keys.json --name ci --scope start --scope read
              warren keys list --file keys.json
              warren keys revoke --file keys.json 9f3c21ab
              warren serve --keys keys.json
            """,
        subcommands: [KeysCreateSubcommand.self, KeysListSubcommand.self, KeysRevokeSubcommand.self])
}
