import ArgumentParser
import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JSON value on the command line: the text itself, `@file`, or `@-` for standard input.
struct JSONArgument: ExpressibleByArgument {
    private let text: String

    init?(argument: String) {
        text = argument
    }

    /// Reads and checks the value. The text is sent as it was written.
    ///
    /// - Parameter option: the option's name, for the error.
    func payload(option: String) throws -> Payload {
        let bytes = try bytes(option: option)
        do {
            try JSONValidator.check(bytes)
        } catch {
            throw UsageError(
                "\(option) is not JSON (\(error)): \(String(decoding: bytes.prefix(60), as: UTF8.self))\n"
                    + "Text needs quotes of its own: \(option) '\"Tokyo\"'")
        }
        return Payload(bytes: bytes)
    }

    private func bytes(option: String) throws -> [UInt8] {
        guard text.hasPrefix("@") else { return Array(text.utf8) }
        let name = String(text.dropFirst())
        if name == "-" { return try Console.standardInput() }
        guard let data = FileManager.default.contents(atPath: name) else {
            throw UsageError("\(option): there is no file '\(name)' that can be read.")
        }
        return Array(data)
    }
}

extension JSONArgument? {
    /// Reads and checks the value; JSON null if the option is absent.
    ///
    /// - Parameter option: the option's name, for the error.
    func payload(option: String) throws -> Payload {
        try self?.payload(option: option) ?? .null
    }
}
