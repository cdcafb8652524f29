//! The compiler's messages: one for each mistake, on the token that is wrong.

use std::path::{Path, PathBuf};

/// The compiler whose messages are pinned; others word them differently.
const PINNED: &str = "rustc 1.95.";

fn cases(folder: &Path) -> Vec<PathBuf> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            cases.extend(self::cases(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            cases.push(path);
        }
    }
    cases
}

#[test]
fn each_mistake_is_one_error_with_a_pinned_message() {
    let version = std::process::Command::new("rustc").arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    if !version.starts_with(PINNED) {
        println!("skipped: the messages are pinned for {PINNED}, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}

#[test]
fn no_message_comes_with_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let cases = cases(&folder);
    assert!(cases.len() > 40, "the cases are gone");
    for case in cases {
        let source = std::fs::read_to_string(&case).unwrap();
        let expected = source.lines().next().and_then(|line| line.strip_prefix("// errors: "));
        let expected: usize = expected.map_or(1, |number| number.parse().unwrap());
        let messages = std::fs::read_to_string(case.with_extension("stderr")).unwrap();
        let errors = messages.lines().filter(|line| line.starts_with("error")).count();
        assert_eq!(errors, expected, "{}:\n{messages}", case.display());
        assert!(!messages.contains("warning"), "{}:\n{messages}", case.display());
    }
}

/// The README shows real messages, as far as it shows them.
#[test]
fn the_readmes_messages_are_the_compilers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let shown: Vec<_> = readme.split("```text\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(shown.len() >= 5);
    for message in shown {
        let case = message.split_once("--> ").unwrap().1.split(".rs:").next().unwrap();
        let real = std::fs::read_to_string(root.join(case).with_extension("stderr")).unwrap();
        assert!(real.starts_with(message), "{case}:\n{real}\ndiffers from the README:\n{message}");
    }
}
