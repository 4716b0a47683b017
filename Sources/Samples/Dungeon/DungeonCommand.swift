import ArgumentParser

/// `dungeon`: the Durable Dungeon, a small game run by durable orchestrations.
@main
struct DungeonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dungeon",
        abstract: "The Durable Dungeon: kill the monster, find the treasure, and do not wait too long.",
        discussion: """
            A user is created, has two minutes to confirm, gets a room, a weapon, a monster and the treasure that it \
            guards. Who kills the monster and takes the treasure wins. Every command is an orchestration, and everything \
            that happens is told on the console queue.

            PLAY IN THE BROWSER
              dungeon serve                  then open http://127.0.0.1:7071/

            PLAY IN THE TERMINAL, WHILE A HOST SERVES
              dungeon play Ada               a whole game, by messages only
              dungeon play Ada --interactive
              dungeon console

            PLAY BY HAND
              amqp-publish -e localdungeon.start -r NewUser -b '{"name":"Ada"}'
              amqp-publish -e localdungeon.event -r confirm-Ada/ApprovalTask -b true
              amqp-publish -e localdungeon.start -r Action -b '{"name":"Ada","action":"get","target":"…"}'
              amqp-consume -q localdungeon.console cat
            """,
        subcommands: [ServeCommand.self, PlayCommand.self, ConsoleCommand.self], defaultSubcommand: ServeCommand.self)
}
