use super::*;

const OPENAPI: &str = include_str!("samples/openapi.json");
const APP_PERMISSIONS: &str = include_str!("samples/app-permissions.json");
const MARKDOWN: &str = include_str!("samples/documentation.md");
const JSON: &str = include_str!("samples/documentation.json");

fn table_of(documentation: &str) -> Vec<String> {
    let documentation = Documentation::parse(documentation).unwrap();
    let app_permissions = AppPermissions::parse(APP_PERMISSIONS).unwrap();
    let operations = openapi::parse(OPENAPI).unwrap();
    let rows = rows(&operations, &documentation, &app_permissions);
    let table = table(&rows);
    table.strip_prefix(HEADER).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn says_what_the_lists_say() {
    let expected = [
        // The token of the App itself.
        "GET\t/app\tapps.getAuthenticated\tunavailable\topenapi",
        // That of a user.
        "GET\t/notifications\tactivity.listNotificationsForAuthenticatedUser\tunavailable\topenapi",
        "GET\t/rate_limit\trateLimit.get\t-\tapp-permissions",
        "GET\t/repos/{owner}/{repo}/contents/{path}\trepos.getContent\tcontents:read\tdocumentation",
        // The other way to have it, with "workflows", asks for more.
        "PUT\t/repos/{owner}/{repo}/contents/{path}\trepos.createOrUpdateFileContents\tcontents:write\tdocumentation",
        "GET\t/repos/{owner}/{repo}/dependabot/alerts/{alert_number}\tdependabot.getAlert\tvulnerability-alerts:read\tdocumentation",
        // No workflow can have more than read here.
        "PATCH\t/repos/{owner}/{repo}/dependabot/alerts/{alert_number}\tdependabot.updateAlert\tunavailable\tdocumentation",
        "POST\t/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions\treactions.createForIssueComment\tissues:write|pull-requests:write\tdocumentation, app-permissions",
        "POST\t/repos/{owner}/{repo}/issues/{issue_number}/comments\tissues.createComment\tissues:write|pull-requests:write\tdocumentation",
        "GET\t/repos/{owner}/{repo}/labels\tissues.listLabelsForRepo\tissues:read\tdocumentation",
        // Administration is needed, too.
        "POST\t/repos/{owner}/{repo}/pages\trepos.createPagesSite\tunavailable\tdocumentation",
        "GET\t/repos/{owner}/{repo}/pulls/{pull_number}\tpulls.get\tpull-requests:read\thttps://docs.github.com/rest/pulls/pulls#get-a-pull-request",
        "POST\t/repos/{owner}/{repo}/statuses/{sha}\trepos.createCommitStatus\tstatuses:write\tdocumentation",
        "GET\t/repos/{owner}/{repo}/tags\trepos.listTags\t-\tdocumentation",
        "POST\t/repos/{owner}/{repo}/transfer\trepos.transfer\tunavailable\tdocumentation",
        "GET\t/user/packages\tpackages.listPackagesForAuthenticatedUser\tunavailable\topenapi",
        "GET\t/user/{account_id}\tusers.getById\t-\topenapi",
        "DELETE\t/users/{username}/packages/{package_type}/{package_name}\tpackages.deletePackageForUser\tpackages:write\topenapi",
        "GET\t/users/{username}/packages/{package_type}/{package_name}\tpackages.getPackageForUser\tpackages:read\topenapi",
        "GET\t/zen\tmeta.getZen\t-\topenapi",
    ];
    assert_eq!(table_of(MARKDOWN), expected);
    assert_eq!(table_of(JSON), expected);
}

#[test]
fn tells_what_cannot_be_read() {
    let faults = [
        Documentation::parse("# Another page").map(drop),
        Documentation::parse("## x\n| `GET /a` | some | IAT | ✗ |").map(drop),
        Documentation::parse("{\"a\": 1}").map(drop),
        AppPermissions::parse("{\"permissions\": {\"issues\": {\"read\": [\"GET\"]}}}").map(drop),
        openapi::parse("{\"paths\": {\"/a\": {\"get\": {}}}}").map(drop),
    ];
    let expected = [
        "the documentation lists no endpoints",
        "line 2 of the documentation",
        "the documentation: invalid type",
        "`GET` is not a method and a path",
        "the OpenAPI description: missing field `operationId`",
    ];
    for (fault, expected) in faults.into_iter().zip(expected) {
        let fault = fault.unwrap_err();
        assert!(fault.starts_with(expected), "{fault}");
    }
}

#[test]
fn tells_which_permissions_have_no_scope() {
    let documentation = Documentation::parse(MARKDOWN).unwrap();
    assert_eq!(
        documentation.without_scope().into_iter().collect::<Vec<_>>(),
        ["Administration", "Workflows"]
    );
}
