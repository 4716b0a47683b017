import ArgumentParser
import WarrenSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `warren init`
struct InitSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a package with an orchestrator, an activity, a test, a host and a Dockerfile.",
        discussion: """
            The package is made in a new folder of its name, and builds and passes its test as it is. A folder that has \
            something in it is left alone. Needs no broker.

            EXAMPLES
              warren init greeter
              warren init greeter --warren-path /opt/warren
              warren init greeter --warren-url https://git.example.com/warren.git --warren-version 0.1.0
              cd greeter && swift test && swift run greeter
            """)

    @Argument(help: "The package's name: letters, digits, - and _, beginning with a letter.")
    var name: String

    @Option(
        help: .init(
            "Warren's folder, from the root or seen from the new package (default: ../warren).", valueName: "directory"),
        completion: .directory)
    var warrenPath: String?

    @Option(help: .init("Warren's repository, in place of a folder.", valueName: "url"))
    var warrenURL: String?

    @Option(
        help: .init("With --warren-url: this version or a newer one (default: the branch main).", valueName: "version"))
    var warrenVersion: String?

    @Flag(help: "Print a JSON object with the files that were made.")
    var json = false

    func validate() throws {
        guard StarterPackage.isValid(name) else {
            throw ValidationError(
                "'\(name)' cannot name the package: 1 to 63 letters, digits, '-' and '_', beginning with a letter, and not "
                    + "the name of one of its parts (Functions, warren).")
        }
        if warrenPath != nil && warrenURL != nil {
            throw ValidationError("Give --warren-path or --warren-url, not both.")
        }
        if warrenVersion != nil && warrenURL == nil {
            throw ValidationError("--warren-version goes with --warren-url.")
        }
    }

    func run() async throws {
        let dependency: WarrenDependency =
            if let warrenURL {
                .url(warrenURL, version: warrenVersion)
            } else {
                .path(warrenPath ?? "../warren")
            }
        let files = StarterPackage(name: name, dependency: dependency).files
        let manager = FileManager.default
        // 1. Refuses a folder that is in use.
        if manager.fileExists(atPath: name) {
            let names = try? manager.contentsOfDirectory(atPath: name)
            guard names?.isEmpty == true else {
                throw UsageError("There is something at '\(name)' already: choose another name, or another folder.")
            }
        }
        // 2. Writes the files.
        do {
            let folder = URL(filePath: name)
            for file in files {
                let place = folder.appending(path: file.path)
                try manager.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: place)
            }
        } catch {
            throw UsageError("The package cannot be written to '\(name)': \(error)")
        }
        // 3. Says what to do next.
        if json {
            var object = JSONObjectWriter()
            object.add("package", name)
            object.add("files", files.map(\.path))
            Console.out(object.text)
        } else {
            for file in files { Console.out("\(name)/\(file.path)") }
            Console.note("next: cd \(name) && swift test")
        }
        guard case .path(let path) = dependency else { return }
        let place = path.hasPrefix("/") ? path : "\(name)/\(path)"
        if !manager.fileExists(atPath: place + "/Package.swift") {
            Console.note(
                "there is no package at '\(place)' yet: put Warren there, or give --warren-path or --warren-url")
        }
    }
}
