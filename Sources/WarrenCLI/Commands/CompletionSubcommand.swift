import ArgumentParser

/// `warren completion`
struct CompletionSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a script that completes this command's arguments in a shell.",
        discussion: """
            The script completes commands, options, and the values that an option has. It goes into a file that the \
            shell reads when it starts.

            EXAMPLES
              warren completion bash > ~/.local/share/bash-completion/completions/warren
              warren completion zsh > "${fpath[1]}/_warren"
              warren completion fish > ~/.config/fish/completions/warren.fish
            """)

    /// The shells that there are scripts for.
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var completion: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: .init("The shell.", valueName: "bash|zsh|fish"))
    var shell: Shell

    func run() async throws {
        Console.put(WarrenCommand.completionScript(for: shell.completion))
    }
}
