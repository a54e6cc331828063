//! What there is: method, GitHub's own template of the path, and who answers.

use axum::routing::MethodFilter;

use super::{
    Handler, apps, checks, comments, contents, issues, labels, orgs, pulls, refs, registering,
    releases, repos,
};

/// What browsers and strangers ask where people look.
#[rustfmt::skip] // a table is read by its lines
pub(super) fn web() -> Vec<(MethodFilter, &'static str, Handler)> {
    const GET: MethodFilter = MethodFilter::GET;
    const POST: MethodFilter = MethodFilter::POST;
    vec![
        (GET, "/login/oauth/authorize", registering::authorize),
        (POST, "/login/oauth/access_token", registering::access_token),
        (POST, "/settings/apps/new", registering::new_app),
        (POST, "/organizations/{org}/settings/apps/new", registering::new_app),
    ]
}

/// All routes of REST.
#[rustfmt::skip] // a table is read by its lines
pub(super) fn routes() -> Vec<(MethodFilter, &'static str, Handler)> {
    const GET: MethodFilter = MethodFilter::GET;
    const POST: MethodFilter = MethodFilter::POST;
    const PUT: MethodFilter = MethodFilter::PUT;
    const PATCH: MethodFilter = MethodFilter::PATCH;
    const DELETE: MethodFilter = MethodFilter::DELETE;
    vec![
        (GET, "/app", apps::app),
        (GET, "/app/installations", apps::installations),
        (GET, "/app/installations/{installation_id}", apps::installation),
        (POST, "/app/installations/{installation_id}/access_tokens", apps::create_token),
        (GET, "/app/hook/deliveries", apps::deliveries),
        (POST, "/app/hook/deliveries/{delivery_id}/attempts", apps::redeliver),
        (GET, "/app/hook/config", registering::hook_config),
        (POST, "/app-manifests/{code}/conversions", registering::conversion),
        (GET, "/user/installations", registering::installations),
        (GET, "/user/installations/{installation_id}/repositories", registering::repositories),
        (GET, "/installation/repositories", apps::repositories),
        (GET, "/user", apps::user),
        (GET, "/user/repos", apps::repositories_of_user),
        (GET, "/users/{username}", apps::user_named),
        (GET, "/rate_limit", apps::rate_limit),
        (GET, "/repos/{owner}/{repo}", repos::get),
        (GET, "/repos/{owner}/{repo}/installation", apps::installation_of),
        (GET, "/repos/{owner}/{repo}/collaborators", repos::collaborators),
        (GET, "/repos/{owner}/{repo}/collaborators/{username}/permission", repos::permission),
        (GET, "/repos/{owner}/{repo}/contents/{*path}", contents::get),
        (GET, "/repos/{owner}/{repo}/milestones", repos::milestones),
        (GET, "/repos/{owner}/{repo}/labels", labels::list),
        (POST, "/repos/{owner}/{repo}/labels", labels::create),
        (GET, "/repos/{owner}/{repo}/labels/{name}", labels::get),
        (PATCH, "/repos/{owner}/{repo}/labels/{name}", labels::edit),
        (DELETE, "/repos/{owner}/{repo}/labels/{name}", labels::delete),
        (GET, "/repos/{owner}/{repo}/issues", issues::list),
        (POST, "/repos/{owner}/{repo}/issues", issues::create),
        (GET, "/repos/{owner}/{repo}/issues/{issue_number}", issues::get),
        (PATCH, "/repos/{owner}/{repo}/issues/{issue_number}", issues::edit),
        (GET, "/repos/{owner}/{repo}/issues/{issue_number}/events", issues::events),
        (GET, "/repos/{owner}/{repo}/issues/{issue_number}/labels", labels::list_on_issue),
        (POST, "/repos/{owner}/{repo}/issues/{issue_number}/labels", labels::add),
        (PUT, "/repos/{owner}/{repo}/issues/{issue_number}/labels", labels::set),
        (DELETE, "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", labels::remove),
        (GET, "/repos/{owner}/{repo}/issues/{issue_number}/comments", comments::list),
        (POST, "/repos/{owner}/{repo}/issues/{issue_number}/comments", comments::create),
        (GET, "/repos/{owner}/{repo}/issues/comments", comments::list_in_repo),
        (GET, "/repos/{owner}/{repo}/issues/comments/{comment_id}", comments::get),
        (PATCH, "/repos/{owner}/{repo}/issues/comments/{comment_id}", comments::edit),
        (DELETE, "/repos/{owner}/{repo}/issues/comments/{comment_id}", comments::delete),
        (GET, "/repos/{owner}/{repo}/issues/{issue_number}/reactions", comments::reactions_of_issue),
        (POST, "/repos/{owner}/{repo}/issues/{issue_number}/reactions", comments::react_to_issue),
        (GET, "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", comments::reactions),
        (POST, "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", comments::react),
        (POST, "/repos/{owner}/{repo}/check-runs", checks::create),
        (GET, "/repos/{owner}/{repo}/check-runs/{check_run_id}", checks::get),
        (PATCH, "/repos/{owner}/{repo}/check-runs/{check_run_id}", checks::edit),
        (GET, "/repos/{owner}/{repo}/commits/{ref}/check-runs", checks::list),
        (POST, "/repos/{owner}/{repo}/statuses/{sha}", checks::create_status),
        (GET, "/repos/{owner}/{repo}/commits/{ref}/statuses", checks::statuses),
        (GET, "/repos/{owner}/{repo}/commits/{ref}/status", checks::combined_status),
        (GET, "/repos/{owner}/{repo}/pulls", pulls::list),
        (GET, "/repos/{owner}/{repo}/pulls/{pull_number}", pulls::get),
        (GET, "/repos/{owner}/{repo}/pulls/{pull_number}/files", pulls::files),
        (GET, "/repos/{owner}/{repo}/commits/{ref}/pulls", pulls::of_commit),
        (POST, "/repos/{owner}/{repo}/git/refs", refs::create),
        (GET, "/repos/{owner}/{repo}/git/matching-refs/{ref}", refs::matching),
        (GET, "/repos/{owner}/{repo}/git/tags/{tag_sha}", refs::tag_object),
        (GET, "/repos/{owner}/{repo}/releases", releases::list),
        (POST, "/repos/{owner}/{repo}/releases", releases::create),
        (GET, "/repos/{owner}/{repo}/releases/{release_id}", releases::get),
        (PATCH, "/repos/{owner}/{repo}/releases/{release_id}", releases::edit),
        (DELETE, "/repos/{owner}/{repo}/releases/{release_id}", releases::delete),
        (GET, "/repos/{owner}/{repo}/releases/tags/{tag}", releases::get_by_tag),
        (GET, "/repos/{owner}/{repo}/releases/{release_id}/assets", releases::assets),
        (POST, "/repos/{owner}/{repo}/releases/{release_id}/assets", releases::upload),
        (DELETE, "/repos/{owner}/{repo}/releases/assets/{asset_id}", releases::delete_asset),
        (GET, "/orgs/{org}/teams/{team_slug}", orgs::get),
        (GET, "/orgs/{org}/teams/{team_slug}/members", orgs::members),
        (GET, "/orgs/{org}/teams/{team_slug}/memberships/{username}", orgs::membership),
    ]
}
