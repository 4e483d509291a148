//! Requests made at random of `/openapi.json`: whatever is sent, the answer is one that is described.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use servers::http::Request;

use crate::server::{RECORD, Server};

/// How many requests are sent; `REFMILL_RANDOM_REQUESTS` is another number.
const REQUESTS: usize = 600;

/// One operation of the description.
struct Described {
    method: String,
    template: String,
    operation: Value,
}

/// A source of random values, the same in every run.
struct Dice(TestRunner);

impl Dice {
    fn new(seed: u64) -> Self {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self(TestRunner::new_with_rng(Config::default(), rng))
    }

    fn throw<T: std::fmt::Debug>(&mut self, strategy: impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.0).expect("nothing is filtered").current()
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.throw(0..100_u32) < percent
    }

    fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let at = self.throw(0..list.len());
        &list[at]
    }

    /// A value that the schema allows, as far as it is easily said; else anything.
    fn value(&mut self, schema: &Value) -> String {
        if self.chance(25) {
            return self.anything();
        }
        if let Some(words) = schema["enum"].as_array() {
            return self.one_of(words).as_str().unwrap_or_default().to_owned();
        }
        match schema["pattern"].as_str() {
            // What is an alternative of words is tried word by word.
            Some(pattern) if !pattern.contains(['[', '+']) => {
                let words: Vec<&str> = pattern
                    .split(['^', '$', '(', ')', '|', '*', ','])
                    .filter(|word| !word.is_empty())
                    .collect();
                let (one, two) = (*self.one_of(&words), *self.one_of(&words));
                if self.chance(50) { one.to_owned() } else { format!("{one},{two}") }
            }
            Some(pattern) => {
                let pattern = pattern.trim_start_matches('^').trim_end_matches('$');
                let pattern = proptest::string::string_regex(pattern).expect("an expression");
                self.throw(pattern)
            }
            None if schema["type"] == "integer" => self.throw(-2..600_i32).to_string(),
            None => match schema["default"].as_str() {
                Some(default) if self.chance(70) => default.to_owned(),
                _ => self.anything(),
            },
        }
    }

    fn anything(&mut self) -> String {
        let odd = ["", "0", "-1", "null", "\u{0}", "\r\nX-Odd: 1", "../../etc/passwd", "é\u{202e}"];
        if self.chance(50) { (*self.one_of(&odd)).to_owned() } else { self.throw(".{0,40}") }
    }
}

/// The operations that `/openapi.json` describes.
async fn operations(server: &Server) -> Vec<Described> {
    let document = server.get("/openapi.json").await.json();
    let mut list = Vec::new();
    for (template, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let (method, template) = (method.to_uppercase(), template.clone());
            list.push(Described { method, template, operation: operation.clone() });
        }
    }
    list
}

/// Bytes that stand for themselves in a query or a path.
fn quoted(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// A request for an operation: its parameters, some of them; a body, if it takes one.
fn request(dice: &mut Dice, described: &Described, ids: &[String]) -> Request {
    let Described { method, template, operation } = described;
    let (mut path, mut query, mut headers) = (template.clone(), Vec::new(), Vec::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().expect("a name");
        let place = parameter["in"].as_str().expect("a place");
        if place == "path" {
            let value = match name {
                "id" if dice.chance(80) => dice.one_of(ids).clone(),
                _ => quoted(&dice.value(&parameter["schema"])),
            };
            path = path.replace(&format!("{{{name}}}"), &value);
        } else if dice.chance(12) {
            let value = match name {
                // Nobody waits for long here.
                "wait" => "0".to_owned(),
                _ => dice.value(&parameter["schema"]),
            };
            if place == "query" {
                query.push(format!("{}={}", quoted(name), quoted(&value)));
            } else {
                // A line ends a header: what is behind it would be the tester's own request.
                headers.push((name, value.replace(char::is_control, " ")));
            }
        }
    }
    if dice.chance(5) {
        query.push(format!("{}={}", quoted(&dice.anything()), quoted(&dice.anything())));
    }
    let target = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
    let mut request = Request::new(method, &target);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "Prefer") {
        request = request.header(name, value);
    }
    if dice.chance(30) {
        let wish = ["application/x-bibtex", "application/json", "*/*;q=0.1", "text/html", "é", ","];
        request = request.header("Accept", dice.one_of::<&str>(&wish));
    }
    if let Some(kinds) = operation["requestBody"]["content"].as_object() {
        let kinds: Vec<&String> = kinds.keys().collect();
        let kind = (*dice.one_of(&kinds)).clone();
        let kind =
            if dice.chance(10) { dice.anything().replace(char::is_control, "") } else { kind };
        let mut body = match dice.throw(0..5) {
            0 => String::new(),
            1 => dice.throw(".{0,200}"),
            _ => RECORD.to_owned(),
        };
        if kind == "multipart/form-data" && dice.chance(80) {
            return request.form(&[("file", "; filename=\"a.xml\"", &body)]);
        }
        if dice.chance(20) {
            let at = dice.throw(0..=body.len());
            body.truncate((0..=at).rev().find(|at| body.is_char_boundary(*at)).unwrap_or(0));
        }
        if dice.chance(10) {
            request = request
                .header("Content-Encoding", dice.one_of::<&str>(&["gzip", "br", "identity"]));
        }
        request = request.header("Content-Type", &kind).body(body);
    }
    request
}

/// Something happens to a job that was made, as it would with a worker.
async fn work(
    server: &Server,
    dice: &mut Dice,
    ids: &mut Vec<String>,
    answer: &servers::http::Answer,
) {
    let id = answer.header("location").and_then(|href| href.rsplit('/').next());
    let Some(id) = id.filter(|_| answer.status == 202) else { return };
    ids.push(id.to_owned());
    let id = id.parse().expect("an id");
    match dice.throw(0..4) {
        0 => drop(server.begin(id).await),
        1 => drop(server.fail(id).await),
        2 => drop(server.succeed(id, RECORD.as_bytes()).await),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_the_answer_is_described() {
    let server = Server::with(|settings| settings.http.ping_seconds = 1).await;
    let operations = operations(&server).await;
    let count = std::env::var("REFMILL_RANDOM_REQUESTS").ok().and_then(|text| text.parse().ok());
    let mut answered = [0; 6];
    let mut ids = vec![jobs::JobId::new().to_string()];
    for number in 0..count.unwrap_or(REQUESTS) {
        let mut dice = Dice::new(number as u64);
        let described = dice.one_of(&operations);
        // A stream of a job that does not end is not waited for.
        let followed = described.template.ends_with("/events");
        let request = request(&mut dice, described, if followed { &ids[..1] } else { &ids });
        let answer = server.send(request.clone()).await;
        let is_ours = answer.status < 500 || [501, 503, 507].contains(&answer.status);
        assert!(is_ours, "request {number}: {request:?} {answer:?}");
        if answer.status >= 400 {
            let code = answer.problem();
            let codes = described.operation["responses"][answer.status.to_string()]["description"]
                .as_str()
                .expect("a description");
            assert!(codes.contains(&format!("`{code}`")), "request {number}: {code} {request:?}");
        }
        answered[usize::from(answer.status / 100).min(5)] += 1;
        work(&server, &mut dice, &mut ids, &answer).await;
    }
    let least = count.unwrap_or(REQUESTS) / 5;
    let is_balanced = answered[2] > least && answered[4] > least;
    assert!(is_balanced, "{answered:?}: what is sent is too good or too bad");
}
