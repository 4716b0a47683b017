import Warren
import WarrenSupport

/// The result of a query or an update, for standard output.
struct HandlerResult {
    var id: String
    /// `query` or `update`.
    var kind: String
    var name: String
    var result: Payload

    /// Prints the result itself, or one line with what it belongs to.
    func report(asJSON: Bool) {
        guard asJSON else { return Console.out(result.json) }
        var object = JSONObjectWriter()
        object.add("instanceId", id)
        object.add(kind, name)
        object.add("result", raw: result.bytes)
        Console.out(object.text)
    }
}
