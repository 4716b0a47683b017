/// The activity behind ``OrchestrationContext/callHTTP(_:retry:polling:file:line:)``.
public enum DurableHTTP {
    /// The activity `BuiltIn::HttpActivity`. A host runs it that allows calls over HTTP (`allowHTTP`, in the module
    /// `WarrenHTTPClient`); a test registers a body of its own.
    public static let activity = Activity<DurableHTTPRequest, DurableHTTPResponse>("BuiltIn::HttpActivity")
}
