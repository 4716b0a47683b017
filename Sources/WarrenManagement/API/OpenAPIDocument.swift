#if HTTP
/// The description of `/api/v1` for programs: `openapi.json`, as it is in the sources.
enum OpenAPIDocument {
    /// JSON text.
    static let bytes = PackageResources.openapi_json
}
#endif
