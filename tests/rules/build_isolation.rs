//! `build-isolation`.

use crate::steps_stay;

const RULE: &str = "build-isolation";
const PYPI: &str = "- uses: pypa/gh-action-pypi-publish@release/v1\n";

#[test]
fn a_build_beside_an_upload_is_told() {
    for build in [
        "run: python -m build",
        "run: pipx run build",
        "run: python setup.py sdist bdist_wheel",
        "run: poetry build",
        "uses: pypa/cibuildwheel@v2",
        "uses: hynek/build-and-inspect-python-package@v2",
    ] {
        let said = steps_stay(RULE, &format!("- {build}\n{PYPI}"));
        assert!(said.contains("so that the build can reach the identity"), "{build}: {said}");
    }
    let said = steps_stay(RULE, "- run: npm ci\n- run: npm publish\n");
    assert!(said.contains("- run: npm pack"), "{said}");
    let said = steps_stay(RULE, "- run: poetry publish --build -p ${{ secrets.PYPI }}\n");
    assert!(said.contains("so that the build can reach the token"), "{said}");
}

#[test]
fn an_upload_alone_is_fine() {
    for steps in [
        PYPI,
        "- run: poetry publish\n",
        "- run: npm install -g npm@latest\n- run: npm publish x.tgz\n",
        "- run: cargo publish\n",
        "- uses: rubygems/release-gem@v1\n",
        "- { uses: PyO3/maturin-action@v1, with: { command: upload } }\n",
        "- run: python -m build\n",
        "- run: python -m build\n- uses: softprops/action-gh-release@v2\n",
    ] {
        assert_eq!(steps_stay(RULE, steps), "1 file, nothing to change\n", "{steps}");
    }
}
