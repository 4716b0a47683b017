import WarrenSupport

/// The contract of a handler of running instances, of a query or an update: its name, and how its input and output are
/// encoded.
package struct HandlerReference<Input: Sendable, Output: Sendable>: Sendable {
    package let name: String
    package let input: PayloadCoder<Input>
    package let output: PayloadCoder<Output>

    /// - Parameters:
    ///   - file: the file that a trap over a bad name reports.
    ///   - line: the line in that file.
    init(
        _ name: String, _ input: PayloadCoder<Input>, _ output: PayloadCoder<Output>, _ file: StaticString, _ line: UInt
    ) {
        NameRules.require(name: name, file: file, line: line)
        self.name = name
        self.input = input
        self.output = output
    }
}
