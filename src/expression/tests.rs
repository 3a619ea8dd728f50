//! Expressions as workflows use them.

use proptest::prelude::*;

use super::*;

/// A push to `main` by nobody in particular.
struct Push;

impl Contexts for Push {
    fn look_up(&self, name: &[&str]) -> Value {
        match name {
            ["github", "event_name"] => "push".into(),
            ["github", "ref"] => Known::Prefix("refs/heads/".to_owned()).into(),
            ["github", "repository"] => Known::Identity("own").into(),
            ["github", "actor"] | ["matrix", ..] => Known::Varies.into(),
            ["github", "token"] | ["secrets", "GITHUB_TOKEN"] => Value::workflow_token(),
            ["secrets", _] => Known::Given.into(),
            ["github", "event", "pull_request", ..] => Known::Null.into(),
            _ => Known::Hidden.into(),
        }
    }
}

#[test]
fn conditions_hold_as_far_as_is_known() {
    use Truth::{Hidden, No, Varies, Yes};
    for (text, expected) in [
        ("", Yes),
        ("github.event_name == 'push'", Yes),
        ("${{ github.event_name == 'PUSH' }}", Yes),
        ("github.event_name != 'pull_request'", Yes),
        ("github.event_name == 'release' || github.ref == 'refs/heads/main'", Varies),
        ("startsWith(github.ref, 'refs/tags/')", No),
        ("startsWith(github.ref, 'refs/heads/')", Yes),
        ("startsWith(github.ref, 'refs/heads/release')", Varies),
        ("github.ref == 'refs/tags/v1'", No),
        ("contains(github.ref, 'heads')", Yes),
        ("contains(github.ref, 'main')", Varies),
        ("contains(fromJSON('[\"push\", \"schedule\"]'), github.event_name)", Yes),
        ("contains(fromJSON('[\"release\"]'), github.event_name)", No),
        ("github.repository == 'numpy/numpy'", Varies),
        ("github.event.pull_request.head.repo.full_name == github.repository", No),
        ("github.event.pull_request.merged == true", No),
        ("github.actor != 'dependabot[bot]'", Varies),
        ("matrix.os == 'x' && steps.a.outputs.b == 'c'", Hidden),
        ("github.actor == 'dependabot[bot]'", Hidden),
        ("matrix.os == 'x' && github.event_name == 'release'", No),
        ("steps.a.outputs.b || always()", Yes),
        ("!cancelled() && !failure()", Varies),
        ("!(github.event_name == 'release')", Yes),
        ("secrets.PYPI_TOKEN != ''", Yes),
        ("this is no expression", Hidden),
        ("${{ github.event_name }} == 'release'", Yes),
        ("1 < 2", Yes),
        ("format('{0}', 'x') == 'x'", Yes),
    ] {
        assert_eq!(condition(text, &Push), expected, "{text}");
    }
}

#[test]
fn texts_are_known_as_far_as_they_go() {
    for (text, expected) in [
        ("plain", Known::Text("plain".to_owned())),
        ("a-${{ github.event_name }}-b", Known::Text("a-push-b".to_owned())),
        ("a-${{ matrix.os }}-b", Known::Gaps { text: "a-\0-b".to_owned(), is_hidden: false }),
        ("a-${{ vars.NAME }}-b", Known::Gaps { text: "a-\0-b".to_owned(), is_hidden: true }),
        (
            "a-${{ matrix.os }}-${{ vars.NAME }}",
            Known::Gaps { text: "a-\0-\0".to_owned(), is_hidden: true },
        ),
        ("${{ matrix.os }}-b", Known::Varies),
        ("${{ github.event_name == 'push' && 'yes' || 'no' }}", Known::Text("yes".to_owned())),
        ("${{ 'a}}b' }}", Known::Text("a}}b".to_owned())),
        ("${{ open", Known::Text("${{ open".to_owned())),
        ("${{ github.event_name == 'pull_request' }}", Known::Boolean(false)),
    ] {
        assert_eq!(template(text, &Push).known, expected, "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_evaluated(text in "[a-z.${}()'\\[\\]&|!=<> 0-9,é]{0,40}", more: String) {
        for text in [&text, &more] {
            condition(text, &Push);
            template(text, &Push);
        }
    }
}

#[test]
fn tokens_are_followed_through() {
    for (text, token, other) in [
        ("${{ secrets.GITHUB_TOKEN }}", true, false),
        ("${{ github.token }}", true, false),
        ("${{ secrets.PAT }}", false, true),
        ("${{ secrets.PAT || github.token }}", false, true),
        ("${{ steps.app.outputs.token || github.token }}", true, true),
        ("${{ matrix.x && secrets.PAT || github.token }}", true, true),
        ("https://x:${{ github.token }}@github.com", true, true),
        ("${{ github.token != '' }}", false, false),
        ("${{ toJSON(secrets.GITHUB_TOKEN) }}", true, false),
        ("${{ github.token oops }}", true, true),
        ("plain", false, true),
        ("", false, false),
    ] {
        assert_eq!(template(text, &Push).carries, Carries { token, other }, "{text}");
    }
}
