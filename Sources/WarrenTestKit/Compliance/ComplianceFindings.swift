import Synchronization

/// The findings of a compliance check: the expectations that do not hold.
package final class ComplianceFindings: Sendable {
    private let state = Mutex<[String]>([])

    package init() {}

    /// The findings in the order in which they were made; empty if everything holds.
    package var all: [String] { state.withLock { $0 } }

    /// Notes a finding.
    package func fail(_ text: String, file: StaticString = #fileID, line: UInt = #line) {
        state.withLock { $0.append("\(text) (\(file):\(line))") }
    }

    /// Notes a finding unless a condition holds.
    package func expect(
        _ holds: Bool, _ text: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
    ) {
        guard !holds else { return }
        let text = text()
        fail("does not hold" + (text.isEmpty ? "" : ": \(text)"), file: file, line: line)
    }

    /// Notes a finding and ends the check unless there is a value.
    package func require<Value>(
        _ value: Value?, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Value {
        guard let value else { throw ComplianceError("nothing is there (\(file):\(line))") }
        return value
    }

    /// Notes a finding and ends the check unless a condition holds.
    package func require(
        _ holds: Bool, _ text: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
    ) throws {
        guard !holds else { return }
        throw ComplianceError("does not hold: \(text()) (\(file):\(line))")
    }

    /// Notes a finding unless an error of a type is thrown.
    ///
    /// - Returns: the error.
    @discardableResult
    package func expectThrows<Thrown: Error, Value>(
        _ type: Thrown.Type, file: StaticString = #fileID, line: UInt = #line,
        _ body: () async throws -> Value
    ) async -> Thrown? {
        do {
            _ = try await body()
            fail("nothing is thrown", file: file, line: line)
        } catch let error as Thrown {
            return error
        } catch {
            fail("another error is thrown: \(error)", file: file, line: line)
        }
        return nil
    }
}

/// The reason why a compliance check cannot go on.
struct ComplianceError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
