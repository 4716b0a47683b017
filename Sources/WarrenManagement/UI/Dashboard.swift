#if HTTP
import Hummingbird

/// Serves the dashboard at `/ui`: files that are part of the program. They hold no data, so they need no key; what the
/// page shows comes from `/api/v1`, with the key that its user enters.
struct Dashboard {
    private let files = DashboardFiles()

    func add<Routes: RouterMethods>(to router: Routes) {
        router.get("/ui") { request, _ in
            // Relative addresses in the page need the slash.
            guard request.uri.path.hasSuffix("/") else { return Response.redirect(to: "/ui/", type: .permanent) }
            return files.response("index.html", request)
        }
        router.get("/ui/**") { request, context in
            files.response(context.parameters.getCatchAll().joined(separator: "/"), request)
        }
    }
}
#endif
