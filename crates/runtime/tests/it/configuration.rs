use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use runtime::config::{ConfigError, load_from, reference, show};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use tempfile::TempDir;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    amqp: Amqp,
    http: Http,
    /// Free keys.
    labels: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Amqp {
    url: String,
    keys_file: PathBuf,
    window: Option<u32>,
    #[serde(serialize_with = "masked")]
    password: Option<SecretString>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Http {
    bind: String,
    max_connections: u64,
    ratio: f64,
    allow_anonymous: bool,
    origins: Vec<String>,
    mode: Mode,
}

#[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    #[default]
    Open,
    Keys,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1:8080".to_owned(),
            max_connections: 4096,
            ratio: 0.5,
            allow_anonymous: false,
            origins: Vec::new(),
            mode: Mode::Open,
        }
    }
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn masked<S: Serializer>(secret: &Option<SecretString>, out: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|_| "***").serialize(out)
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

struct Case {
    folder: TempDir,
}

impl Case {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("a name").to_owned()
    }

    fn load(
        &self,
        toml: &str,
        variables: &[(&str, &str)],
        flags: &[(&str, &str)],
    ) -> Result<Settings, ConfigError> {
        let file = PathBuf::from(self.file("refmill.toml", toml));
        load_from(Some(&file), pairs(variables), &pairs(flags))
    }

    fn message(&self, toml: &str, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> String {
        let error = self.load(toml, variables, flags).expect_err("it is wrong");
        error.to_string().replace(self.folder.path().to_str().expect("a name"), "…")
    }
}

#[test]
fn each_place_goes_over_the_one_before() {
    let case = Case::new();
    let toml = "[http]\nmax_connections = 2";
    let variable = [("REFMILL__HTTP__MAX_CONNECTIONS", "3")];
    let flag = [("http.max_connections", "4")];
    for (toml, variables, flags, expected) in [
        ("", &[][..], &[][..], 4096),
        (toml, &[], &[], 2),
        ("", &variable, &[], 3),
        ("", &[], &flag, 4),
        (toml, &variable, &[], 3),
        (toml, &[], &flag, 4),
        ("", &variable, &flag, 4),
        (toml, &variable, &flag, 4),
    ] {
        let settings = case.load(toml, variables, flags).expect("settings");
        assert_eq!(settings.http.max_connections, expected, "{toml} {variables:?} {flags:?}");
        assert_eq!(settings.http.bind, "127.0.0.1:8080");
    }
    let none = load_from::<Settings>(None, [], &[]).expect("settings");
    assert_eq!(none.http.max_connections, 4096);
}

#[test]
fn variables_have_the_types_of_their_keys() {
    let case = Case::new();
    let settings = case.load(
        "",
        &[
            ("REFMILL__HTTP__ALLOW_ANONYMOUS", "true"),
            ("REFMILL__HTTP__BIND", "1"),
            ("REFMILL__HTTP__MODE", "keys"),
            ("REFMILL__HTTP__ORIGINS", "https://a.example, https://b.example"),
            ("REFMILL__HTTP__RATIO", "2"),
            ("REFMILL__AMQP__PASSWORD", "123456"),
            ("REFMILL__AMQP__WINDOW", "64"),
            ("REFMILL__LABELS__SITE", "7"),
            ("REFMILL_LOG", "debug"),
            ("HOME", "/"),
        ],
        &[],
    );
    let settings = settings.expect("settings");
    assert!(settings.http.allow_anonymous);
    assert_eq!(settings.http.bind, "1");
    assert_eq!(settings.http.mode, Mode::Keys);
    assert_eq!(settings.http.origins, ["https://a.example", "https://b.example"]);
    assert!((settings.http.ratio - 2.0).abs() < f64::EPSILON);
    assert_eq!(settings.amqp.password.expect("a password").expose_secret(), "123456");
    assert_eq!(settings.amqp.window, Some(64));
    assert_eq!(settings.labels["site"], "7");
    let list = [("http.origins", r#"["a,b", "c"]"#)];
    assert_eq!(case.load("", &[], &list).expect("settings").http.origins, ["a,b", "c"]);
}

#[test]
fn a_secret_may_stand_in_a_file() {
    let case = Case::new();
    let secret = case.file("secret", "  hunter2\n");
    let toml = format!("[amqp]\npassword_file = {secret:?}");
    let variables = [("REFMILL__AMQP__PASSWORD_FILE", &*secret)];
    let password = |settings: Result<Settings, ConfigError>| {
        let password = settings.expect("settings").amqp.password.expect("a password");
        password.expose_secret().to_owned()
    };
    assert_eq!(password(case.load(&toml, &[], &[])), "hunter2");
    assert_eq!(password(case.load("", &variables, &[])), "hunter2");
    // A later place goes over an earlier one, whichever of the two keys it has.
    assert_eq!(password(case.load(&toml, &[("REFMILL__AMQP__PASSWORD", "new")], &[])), "new");
    assert_eq!(password(case.load("[amqp]\npassword = 'old'", &variables, &[])), "hunter2");
    let both = format!("{toml}\npassword = 'x'");
    assert_eq!(case.message(&both, &[], &[]), "…/refmill.toml: `amqp.password` is given twice");
    let missing = [("amqp.password_file", "/nowhere")];
    let message = "cannot read the file that `amqp.password_file` names";
    assert_eq!(case.message("", &[], &missing), message);
    let empty = case.file("empty", " \n");
    assert_eq!(case.message("", &[], &[("amqp.password_file", &*empty)]), message);
    // A key that ends so by itself is none of these, and what is no secret has no file.
    let own = case.load("", &[], &[("amqp.keys_file", "/nowhere")]).expect("settings");
    assert_eq!(own.amqp.keys_file, PathBuf::from("/nowhere"));
    let wrong = case.message("", &[], &[("amqp.url_file", &*secret)]);
    assert!(wrong.starts_with("a flag: the key `amqp.url_file` is unknown"), "{wrong}");
}

#[test]
fn an_unknown_key_is_named_with_the_one_that_is_meant() {
    let case = Case::new();
    for (toml, variables, flags, message) in [
        (
            "[http]\nmax_connection = 1",
            &[][..],
            &[][..],
            "…/refmill.toml: the key `http.max_connection` is unknown; is `http.max_connections` \
             meant?",
        ),
        (
            "",
            &[("REFMILL__HTPP__BIND", "x")],
            &[],
            "the environment: the key `htpp.bind` is unknown; is `http.bind` meant?",
        ),
        ("", &[], &[("bind", "x")], "a flag: the key `bind` is unknown; is `http.bind` meant?"),
        (
            "[amqp]\nmax_connections = 1",
            &[],
            &[],
            "…/refmill.toml: the key `amqp.max_connections` is unknown; is \
             `http.max_connections` meant?",
        ),
        ("colour = 1", &[], &[], "…/refmill.toml: the key `colour` is unknown"),
        (
            "[http.bind]\nx = 1",
            &[],
            &[],
            "…/refmill.toml: `http.bind` does not fit: it is a \
             section, and a string is expected",
        ),
    ] {
        assert_eq!(case.message(toml, variables, flags), message);
    }
}

#[test]
fn what_does_not_fit_is_said_without_its_value() {
    let case = Case::new();
    for (toml, message) in [
        (
            "[http]\nmax_connections = 'hunter2'",
            "…/refmill.toml: `http.max_connections` does not fit: it is a text, and u64 is \
             expected",
        ),
        (
            "[amqp]\npassword = 471199",
            "…/refmill.toml: `amqp.password` does not fit: it is a whole number, and a string is \
             expected",
        ),
        (
            "[http]\nmode = 'hunter2'",
            "…/refmill.toml: `http.mode` does not fit: one of `open`, `keys` is expected",
        ),
        ("http = 'hunter2'", "…/refmill.toml: `http` does not fit: it is a section"),
        ("\n[amqp]\npassword = hunter2", "…/refmill.toml, line 3: this is no TOML"),
    ] {
        assert_eq!(case.message(toml, &[], &[]), message);
    }
    let missing = load_from::<Settings>(Some(&case.folder.path().join("none")), [], &[]);
    assert!(matches!(missing, Err(ConfigError::File { .. })));
}

#[test]
fn what_is_shown_has_no_secrets_and_is_read_again() {
    let case = Case::new();
    let url = [("amqp.url", "amqp://refmill:hunter2@broker/"), ("amqp.password", "hunter2")];
    let toml =
        "[labels]\nsite = 'a'\napi_token = 'hunter2'\n[http]\norigins = ['https://u:hunter2@a']";
    let settings = case.load(toml, &[], &url);
    let settings = settings.expect("settings");
    let shown = show(&settings).expect("TOML");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(!format!("{settings:?}").contains("password: Some(hunter2"), "{settings:?}");
    for line in [
        "[amqp]",
        r#"password = "***""#,
        r#"url = "amqp://refmill:***@broker/""#,
        "max_connections = 4096",
        r#"api_token = "***""#,
        r#"site = "a""#,
        r#"origins = ["https://u:***@a"]"#,
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} in {shown}");
    }
    case.load(&shown, &[], &[]).expect("settings");
}

#[test]
fn the_reference_has_a_row_for_each_key() {
    let page = reference::<Settings>(|key| (key == "http.bind").then(|| "Where it listens".into()));
    let page = page.expect("a page");
    for row in [
        r#"| `http.bind` | `"127.0.0.1:8080"` | Where it listens |"#,
        "| `http.max_connections` | `4096` |  |",
        "| `http.allow_anonymous` | `false` |  |",
        "| `amqp.password` |  |  |",
        "| `http.origins` | `[]` |  |",
    ] {
        assert!(page.lines().any(|line| line == row), "{row} in {page}");
    }
}
