//! Real references, with the built-in index.

use super::*;

/// Decides real references with the built-in index, in the repository `some/body`.
fn check_real(rows: &[(&str, &str)]) {
    for (uses, expected) in rows {
        let action = action(uses);
        let refs = index::find(action.repository()).unwrap();
        let decision = decide(&action, refs, RepositoryName::parse("some/body"));
        let Decision::Pin(pin) = &decision else { panic!("{uses}: {decision:?}") };
        let said = told(&decision);
        let (certainty, rest) = said.split_once(' ').unwrap();
        let (_, comment) = rest.split_once(' ').unwrap();
        assert_eq!(
            format!("{certainty} {} {comment}", &pin.commit.to_string()[..7]),
            *expected,
            "{uses}"
        );
    }
}

#[test]
fn refs_that_are_inputs() {
    let decide_real = |uses| {
        let action = action(uses);
        decide(
            &action,
            index::find(action.repository()).unwrap(),
            RepositoryName::parse("some/body"),
        )
    };
    for (uses, name, value, step_wins) in [
        ("dtolnay/rust-toolchain@stable", "toolchain", "stable", true),
        ("dtolnay/rust-toolchain@1.70", "toolchain", "1.70", false),
        ("dtolnay/rust-toolchain@1.70.0", "toolchain", "1.70.0", false),
        ("Taiki-E/Install-Action@cargo-deny", "tool", "cargo-deny", true),
    ] {
        let Decision::Pin(pin) = decide_real(uses) else { panic!("{uses}") };
        assert_eq!(pin.input, Some(Input { name, value: value.to_owned(), step_wins }), "{uses}");
        assert!(matches!(pin.certainty, Certainty::Safe), "{uses}");
        let master = name == "toolchain";
        assert_eq!(pin.comment == "master", master, "{uses}: {}", pin.comment);
        assert_eq!(pin.comment.starts_with("v2."), !master, "{uses}: {}", pin.comment);
    }
    for (uses, expected) in [
        ("dtolnay/rust-toolchain@miri", "leave UnknownValue"),
        ("dtolnay/rust-toolchain@1.9", "leave UnknownValue"),
        ("taiki-e/install-action@releases/cargo-deny", "leave UnknownValue"),
        ("taiki-e/install-action@no-such-tool", "leave UnknownValue"),
    ] {
        assert_eq!(told(&decide_real(uses)), expected, "{uses}");
    }
    check_real(&[
        ("dtolnay/rust-toolchain@master", "safe 3c5f7ea master"),
        ("dtolnay/rust-toolchain@v1", "safe e97e2d8 v1"),
        ("taiki-e/install-action@v2.50.0", "safe 9903ab6 v2.50.0"),
    ]);
    let uses = action("dtolnay/install@cxxbridge-cmd");
    assert_eq!(told(&decide(&uses, &usual(), None)), "leave UnknownValue");
}

#[test]
fn actions_that_verify_their_tag() {
    for uses in [
        "slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v1.6.0",
        "slsa-framework/slsa-verifier/actions/installer@v2.3.0",
    ] {
        let leave = settled(&action(uses), None).unwrap();
        assert!(matches!(leave, Leave::KeepTag(_)), "{uses}");
        assert!(leave.to_string().contains("full version tag"), "{leave}");
    }
}

#[test]
fn real_references() {
    check_real(&[
        ("actions/checkout@v3.5.2", "safe 8e5e7e5 v3.5.2"),
        ("actions/checkout@v4", "safe 11d5960 v4.4.0"),
        ("ACTIONS/Checkout@v4", "safe 11d5960 v4.4.0"),
        ("codecov/codecov-action@v3", "safe ab904c4 v3.1.6"),
        ("github/codeql-action/init@v4", "safe ff2f1c6 v4.37.7"),
        ("pypa/gh-action-pypi-publish@release/v1", "safe dc37677 v1.14.2"),
        ("pypa/gh-action-pypi-publish@master", "unsafe c1b3402 master"),
        ("psf/black@stable", "safe 87928e6 26.5.1"),
        ("wntrblm/nox@2023.04.22", "safe 2e8d24a 2023.04.22"),
        ("JamesIves/github-pages-deploy-action@v4", "safe d92aa23 v4.8.0"),
        ("actions/create-release@latest", "unsafe 0cb9c9b v1.1.4"),
    ]);
}

/// Whatever is asked, the answer is a commit of the index, and its comment one of the names that
/// the index has for it.
#[test]
fn every_ref_of_the_index() {
    for refs in index::repositories() {
        for entry in refs.refs.iter() {
            let uses = format!("{}@{}", refs.repository, entry.name);
            let Uses::Repository(action) = Uses::parse(&uses) else { continue };
            if let Decision::Pin(pin) = decide(&action, refs, None) {
                let named = |known: &&Ref| known.commit == pin.commit && known.name == pin.comment;
                assert!(refs.refs.iter().any(|known| named(&known)), "{uses}: {pin:?}");
            }
        }
    }
}
