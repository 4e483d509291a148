//! What is configured, and what somebody writes who means harm.

use std::fs;

use proptest::prelude::*;

use super::*;

#[test]
fn what_is_not_configured_is_as_the_specification_has_it() {
    let config = Config::default();
    let loaded: Config = runtime::config::load_from(None, [], &[]).expect("the defaults");
    let show = |config| runtime::config::show(config).expect("TOML");
    assert_eq!(show(&loaded), show(&config));
    assert_eq!(config.limits.decoded_bytes, 2 << 30);
    assert_eq!(config.limits.job_seconds, 1_200);
    assert!(!config.has_broker());
    assert!(!config.store().relays);
    assert!(config.metrics.enabled);
    assert_eq!(config.blobs().folder, Path::new("refmill-data/blobs"));
}

#[test]
fn an_address_with_a_password_is_not_shown() {
    let given = [("REFMILL__AMQP__URL".to_owned(), "amqp://u:hush@broker".to_owned())];
    let config: Config = runtime::config::load_from(None, given, &[]).expect("a configuration");
    assert!(config.has_broker() && !config.store().relays, "it is there for producers alone");
    let shown = runtime::config::show(&config).expect("TOML");
    assert!(!shown.contains("hush"), "{shown}");
}

/// What is a secret wherever it stands, in the corpus and here.
const SECRETS: [&str; 2] = ["hushhush", "471199"];

/// What is said of a file of the configuration, and what is shown of it if it is read.
fn told(toml: &[u8]) -> (String, Option<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("refmill.toml");
    fs::write(&file, toml).expect("a file");
    match runtime::config::load_from::<Config>(Some(&file), [], &[]) {
        Ok(config) => {
            let shown = runtime::config::show(&config).expect("TOML");
            (format!("{shown}{config:?}"), Some(shown))
        }
        Err(error) => {
            let mut told = format!("{error:?}");
            let mut source: Option<&dyn std::error::Error> = Some(&error);
            while let Some(error) = source {
                told += &error.to_string();
                source = error.source();
            }
            (told, None)
        }
    }
}

/// A file of the configuration, whatever it holds, is read or refused. What is said of one that is
/// refused repeats no value; what is shown of one that is read has no password, and is read again.
fn holds(toml: &[u8]) -> Result<(), TestCaseError> {
    let (said, shown) = told(toml);
    for secret in SECRETS {
        // Read under another key it is no secret, but in an address it is.
        let secret = if shown.is_some() { format!(":{secret}@") } else { secret.to_owned() };
        prop_assert!(!said.contains(&secret), "{}", said);
    }
    if let Some(shown) = shown {
        let (said, again) = told(shown.as_bytes());
        prop_assert!(again.is_some(), "{}\n{}", said, shown);
    }
    Ok(())
}

/// S21.
#[test]
fn every_configuration_of_the_corpus_is_read_or_refused() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus/config");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("an entry").path();
        let found = holds(&fs::read(&path).expect("a file"));
        assert!(found.is_ok(), "{}: {found:?}", path.display());
        count += 1;
    }
    assert!(count > 10, "{count}");
}

/// Lines that are nearly right.
fn line() -> impl Strategy<Value = String> {
    let shown = runtime::config::show(&Config::default()).expect("TOML");
    let whole: Vec<String> = shown.lines().map(str::to_owned).collect();
    let key = prop::sample::select(whole.clone());
    let key = key.prop_map(|line| line.split(" = ").next().unwrap_or_default().to_owned());
    let value = prop::sample::select(vec![
        "1",
        "-1",
        "0",
        "99999999999999999999",
        "1.5",
        "nan",
        "true",
        "''",
        "[]",
        "{}",
        "[[]]",
        "'hushhush'",
        "['hushhush']",
        "{ x = 'hushhush' }",
        "471199",
        "hushhush",
        "'\u{0}'",
        "1979-05-27T07:32:00Z",
        "\"\\uD800\"",
        "'amqp://u:hushhush@host/'",
        "'/dev/null'",
    ]);
    prop_oneof![
        3 => prop::sample::select(whole),
        3 => (key, value).prop_map(|(key, value)| format!("{key} = {value}")),
        1 => prop::sample::select(vec!["[amqp]", "[store]", "[limits]", "[[http]]", "[a.b.c]", "["])
            .prop_map(str::to_owned),
        1 => "\\PC{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// S21.
    #[test]
    fn a_hostile_configuration_is_read_or_refused(lines in prop::collection::vec(line(), 0..12)) {
        holds(lines.join("\n").as_bytes())?;
    }

    #[test]
    fn a_configuration_of_any_bytes_is_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        holds(&bytes)?;
    }
}

/// An upload that is permitted can be taken: the defaults say so, and a service that could not is
/// not started.
#[test]
fn the_defaults_let_every_permitted_upload_in() {
    let mut config = Config::default();
    assert!(config.gateway().check().is_ok());
    config.limits.upload_bytes = config.limits.inflight_bytes + 1;
    assert!(config.gateway().check().is_err());
}
