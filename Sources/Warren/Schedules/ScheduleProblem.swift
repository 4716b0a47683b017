/// The reason why a schedule cannot be used: the member, what it is, and what it may be.
package struct ScheduleProblem: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
