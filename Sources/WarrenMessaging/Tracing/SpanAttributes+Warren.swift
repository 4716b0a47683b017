package import Tracing
package import Warren
import WarrenSupport

/// The attributes of spans, as the Durable Task Framework names them.
extension SpanAttributes {
    /// The values of `durabletask.type`.
    package enum WarrenType: String, Sendable {
        case orchestration, activity, event, timer, entity
    }

    /// Makes the attributes of a span.
    ///
    /// - Parameters:
    ///   - name: of the orchestration, activity or event.
    ///   - instanceID: the instance that the span is about, or that did what it is about.
    package static func warren(
        _ type: WarrenType, name: String, instanceID: String? = nil, executionID: String? = nil, taskID: Int? = nil
    ) -> SpanAttributes {
        var attributes: SpanAttributes = [:]
        attributes["durabletask.type"] = type.rawValue
        attributes["durabletask.task.name"] = name
        attributes["durabletask.task.instance_id"] = instanceID
        attributes["durabletask.task.execution_id"] = executionID
        attributes["durabletask.task.task_id"] = taskID.map(Int64.init)
        return attributes
    }

    /// Adds the status at the end: `Completed`.
    package mutating func set(status: RuntimeStatus) { self["durabletask.task.status"] = status.rawValue }

    /// Adds the instance that an event is for.
    package mutating func set(target instanceID: String) {
        self["durabletask.event.target_instance_id"] = instanceID
    }

    /// Adds the operation of an entity.
    package mutating func set(operation: String) { self["durabletask.entity.operation"] = operation }

    /// Adds the time for which a timer was set.
    package mutating func set(fireAt: Timestamp) { self["durabletask.fire_at"] = ISO8601.text(fireAt) }
}

extension Span {
    /// Marks the span as failed. A failure's message may hold what a user typed, and is shown nowhere but with the
    /// instance: the span gets its type.
    package func fail(_ failure: FailureDetails) {
        setStatus(SpanStatus(code: .error, message: failure.type))
    }
}
