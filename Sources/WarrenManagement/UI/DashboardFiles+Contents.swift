#if HTTP
extension DashboardFiles {
    /// The contents by name. A file of the folder `Files` that is missing here is not served; a test compares the two.
    static var contents: [String: [UInt8]] {
        [
            "api.js": PackageResources.api_js,
            "app.js": PackageResources.app_js,
            "attention.js": PackageResources.attention_js,
            "base.css": PackageResources.base_css,
            "bulk.js": PackageResources.bulk_js,
            "commands.js": PackageResources.commands_js,
            "console.js": PackageResources.console_js,
            "dead.js": PackageResources.dead_js,
            "deeds.js": PackageResources.deeds_js,
            "dialogs.js": PackageResources.dialogs_js,
            "dom.js": PackageResources.dom_js,
            "failure.js": PackageResources.failure_js,
            "filterbar.js": PackageResources.filterbar_js,
            "filters.js": PackageResources.filters_js,
            "followed.js": PackageResources.followed_js,
            "format.js": PackageResources.format_js,
            "histogram.js": PackageResources.histogram_js,
            "history.js": PackageResources.history_js,
            "index.html": PackageResources.index_html,
            "instance.js": PackageResources.instance_js,
            "json.js": PackageResources.json_js,
            "list.js": PackageResources.list_js,
            "live.js": PackageResources.live_js,
            "model.js": PackageResources.model_js,
            "notes.js": PackageResources.notes_js,
            "pages.css": PackageResources.pages_css,
            "parts.css": PackageResources.parts_css,
            "route.js": PackageResources.route_js,
            "sequence.js": PackageResources.sequence_js,
            "status.js": PackageResources.status_js,
            "system.js": PackageResources.system_js,
            "theme.js": PackageResources.theme_js,
            "timeline.js": PackageResources.timeline_js,
            "tree.js": PackageResources.tree_js,
            "waits.js": PackageResources.waits_js,
        ]
    }
}
#endif
