use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;

fn rules() -> Rules {
    Rules::new("refmill", &IntakeSettings::default()).expect("rules")
}

fn message(headers: &[(&str, &str)]) -> RawMessage {
    let text = |(name, value): &(&str, &str)| ((*name).to_owned(), Header::Text((*value).into()));
    RawMessage {
        message_id: Some("m-1".to_owned()),
        headers: headers.iter().map(text).collect(),
        body: b"<PubmedArticleSet/>".to_vec(),
        ..RawMessage::default()
    }
}

fn code(rules: &Rules, message: &RawMessage) -> Result<Submission, ProblemCode> {
    rules.read(message).map_err(|refusal| refusal.problem.code)
}

#[test]
fn the_example_of_the_specification_is_read() {
    let text = |text: &str| Some(text.to_owned());
    let message = RawMessage {
        content_type: text("application/xml"),
        content_encoding: text("gzip"),
        message_id: text("lab-a-2026-11-23-000017"),
        correlation_id: text("search-42"),
        user_id: text("lab-a"),
        reply_to: text("refmill.reply.lab-a.results"),
        ..message(&[("formats", "ris,csl-json"), ("on_error", "skip"), ("notify", "all")])
    };
    let read = rules().read(&message).expect("a submission");
    assert_eq!(read.owner, Owner("amqp:lab-a".to_owned()));
    assert_eq!((read.kind, read.coding), (Some("pubmed-xml"), Some(Coding::Gzip)));
    assert_eq!(read.idempotency_key, message.message_id);
    assert_eq!(read.asked.formats(), "ris,csl-json");
    assert_eq!(read.lane, Lane::Bulk);
    assert!(read.notify_accepted);
    let to = ReturnAddress {
        to: "refmill.reply.lab-a.results".to_owned(),
        correlation_id: text("search-42"),
    };
    assert_eq!(read.return_address, Some(to));
}

#[test]
fn a_bare_message_has_the_defaults() {
    let bare = RawMessage { message_id: None, ..message(&[]) };
    let read = rules().read(&bare).expect("a submission");
    assert_eq!(read.owner, Owner("amqp".to_owned()));
    assert_eq!(read.asked, Asked::default());
    assert_eq!((read.lane, read.kind, read.coding), (Lane::Bulk, None, None));
    assert!(read.idempotency_key.is_none() && !read.notify_accepted);
}

#[test]
fn headers_are_read_by_the_table_of_settings() {
    let read = |name: &str, value: Header| {
        let mut message = message(&[]);
        message.headers.insert(name.to_owned(), value);
        code(&rules(), &message)
    };
    let text = |text: &str| Header::Text(text.to_owned());
    let option = read("opt.duplicates", text("first")).expect("an option");
    assert_eq!(option.asked.options["duplicates"], "first");
    let filename = read("filename", text("../x/set.xml")).expect("a name");
    assert_eq!(filename.filename.as_deref(), Some("set.xml"));
    assert!(read("filename", Header::Integer(7)).is_ok_and(|job| job.filename.is_some()));
    assert_eq!(read("lane", text("interactive")).expect("a lane").lane, Lane::Interactive);
    for (name, value) in [
        ("opt.colour", text("red")),
        ("opt.formats", text("ris")),
        ("opt.input", text("nbib")),
        ("opt.", text("x")),
        ("opt.duplicates", text("sometimes")),
        ("opt.duplicates", Header::Other),
        ("formats", text("")),
        ("formats", text("ris,ris")),
        ("formats", text("docx")),
        ("formats", Header::Bool(true)),
        ("on_error", text("ignore")),
        ("lane", text("fast")),
        ("notify", text("never")),
        ("filename", Header::Other),
    ] {
        let found = read(name, value.clone());
        assert_eq!(found, Err(ProblemCode::InvalidOption), "{name}: {value:?}");
    }
    for ignored in ["x-death", "x-refmill-reason", "colour", "Formats", ""] {
        assert!(read(ignored, Header::Other).is_ok(), "{ignored}");
    }
}

#[test]
fn a_trace_is_kept_if_it_is_one() {
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let read = |value: &str| {
        let headers = [("traceparent", value), ("tracestate", "a=b")];
        rules().read(&message(&headers)).expect("a submission").trace
    };
    assert_eq!(read(trace), jobs::Trace::read(trace, Some("a=b")));
    assert_eq!(read("nonsense"), None);
}

#[test]
fn bodies_have_bytes_but_not_too_many() {
    let rules = Rules { max_bytes: 20, ..rules() };
    let of = |bytes| RawMessage { body: vec![b' '; bytes], ..message(&[]) };
    assert_eq!(code(&rules, &of(0)), Err(ProblemCode::InvalidRequest));
    assert!(code(&rules, &of(20)).is_ok());
    let refusal = rules.read(&of(21)).expect_err("too large");
    assert_eq!(refusal.problem.code, ProblemCode::TooLarge);
    assert_eq!(refusal.problem.config_key.as_deref(), Some("intake.max_bytes"));
}

#[test]
fn large_jobs_are_not_waited_for() {
    let of = |bytes| RawMessage { body: vec![b' '; bytes], ..message(&[("lane", "interactive")]) };
    assert_eq!(rules().read(&of(4 << 20)).expect("a job").lane, Lane::Interactive);
    assert_eq!(rules().read(&of((4 << 20) + 1)).expect("a job").lane, Lane::Bulk);
}

#[test]
fn ids_of_messages_and_users_are_checked() {
    let required = Rules { require_user_id: true, ..rules() };
    let with = |id: Option<&str>, user: Option<&str>| RawMessage {
        message_id: id.map(str::to_owned),
        user_id: user.map(str::to_owned),
        ..message(&[])
    };
    let long = "x".repeat(256);
    for id in ["", "a\nb", "ä", "a\u{7f}", &long] {
        let found = code(&rules(), &with(Some(id), None));
        assert_eq!(found, Err(ProblemCode::MessageIdInvalid), "{id:?}");
    }
    assert!(code(&rules(), &with(Some(&long[1..]), None)).is_ok());
    for user in ["", "a.b", "a b", "#", "*", "ä", &long[..65]] {
        let found = code(&rules(), &with(None, Some(user)));
        assert_eq!(found, Err(ProblemCode::UserIdInvalid), "{user:?}");
    }
    assert!(code(&rules(), &with(None, Some(&long[..64]))).is_ok());
    assert_eq!(code(&required, &with(None, None)), Err(ProblemCode::UserIdRequired));
    assert!(code(&required, &with(None, Some("lab-a"))).is_ok());
}

#[test]
fn a_refusal_goes_only_where_replies_may_go() {
    let with = |to: &str, user: &str, id: &str| RawMessage {
        reply_to: Some(to.to_owned()),
        user_id: Some(user.to_owned()),
        message_id: Some(id.to_owned()),
        ..message(&[])
    };
    let refused = |message: &RawMessage| {
        let refusal = rules().read(message).expect_err("a refusal");
        (refusal.problem.code, refusal.return_address.map(|address| address.to))
    };
    let own = "refmill.reply.lab-a.x";
    let allowed = refused(&with(own, "lab-a", ""));
    assert_eq!(allowed, (ProblemCode::MessageIdInvalid, Some(own.to_owned())));
    let foreign = refused(&with("refmill.reply.lab-b.x", "lab-a", "m"));
    assert_eq!(foreign, (ProblemCode::ReplyToNotAllowed, None));
    let internal = refused(&with("refmill.jobs.bulk.v1", "lab-a", ""));
    assert_eq!(internal, (ProblemCode::ReplyToNotAllowed, None));
    // Who is not known has no queues but those for everybody.
    let unknown = refused(&with("refmill.jobs.bulk.v1", "a.b", "m"));
    assert_eq!(unknown, (ProblemCode::UserIdInvalid, None));
}

#[test]
fn replies_carry_the_correlation_id_or_the_message_id() {
    let with = |id: Option<&str>, correlation: Option<&str>| RawMessage {
        reply_to: Some("refmill.reply.x".to_owned()),
        message_id: id.map(str::to_owned),
        correlation_id: correlation.map(str::to_owned),
        ..message(&[])
    };
    let carried = |message: &RawMessage| {
        let read = rules().read(message).expect("a submission");
        read.return_address.expect("an address").correlation_id
    };
    assert_eq!(carried(&with(Some("m"), Some("c"))).as_deref(), Some("c"));
    assert_eq!(carried(&with(Some("m"), None)).as_deref(), Some("m"));
    assert_eq!(carried(&with(None, None)), None);
    // What a database cannot keep is refused here, and what a property cannot hold.
    let long = "x".repeat(256);
    for refused in ["a\0b", "a\nb", &long] {
        let found = code(&rules(), &with(Some("m"), Some(refused)));
        assert_eq!(found, Err(ProblemCode::InvalidRequest), "{refused:?}");
    }
    assert_eq!(carried(&with(None, Some(&long[1..]))).as_deref(), Some(&long[1..]));
}

fn header() -> impl Strategy<Value = Header> {
    prop_oneof![
        any::<String>().prop_map(Header::Text),
        "[a-z,-]{0,12}".prop_map(Header::Text),
        any::<bool>().prop_map(Header::Bool),
        any::<i64>().prop_map(Header::Integer),
        Just(Header::Other),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let ours = prop_oneof![
        Just("formats".to_owned()),
        Just("on_error".to_owned()),
        Just("lane".to_owned()),
        Just("filename".to_owned()),
        Just("notify".to_owned()),
        Just("traceparent".to_owned()),
        Just("tracestate".to_owned()),
        Just("opt.citekey".to_owned()),
        Just("opt.duplicates".to_owned()),
    ];
    prop_oneof![ours, any::<String>(), "opt\\.[a-z._]{0,12}"]
}

prop_compose! {
    fn hostile()(
        content_type in option::of(any::<String>()),
        content_encoding in option::of(prop_oneof![any::<String>(), Just("gzip".to_owned())]),
        message_id in option::of(any::<String>()),
        correlation_id in option::of(any::<String>()),
        reply_to in option::of(prop_oneof![any::<String>(), "refmill\\.[a-z.]{0,20}"]),
        user_id in option::of(prop_oneof![any::<String>(), "[a-z]{1,8}"]),
        headers in btree_map(name(), header(), 0..6),
        body in vec(any::<u8>(), 0..40),
    ) -> RawMessage {
        RawMessage {
            content_type, content_encoding, kind: None, message_id, correlation_id, reply_to,
            user_id, headers, body,
        }
    }
}

proptest! {
    /// S16: whatever comes is a job or a refusal, and what is kept of it is clean.
    #[test]
    fn hostile_messages_are_read_or_refused(message in hostile()) {
        is_read_or_refused(&message)?;
    }
}

fn is_read_or_refused(message: &RawMessage) -> Result<(), TestCaseError> {
    let is_clean = |text: &str| !text.chars().any(char::is_control);
    let address = match rules().read(message) {
        Ok(job) => {
            for kept in [&job.filename, &job.idempotency_key] {
                prop_assert!(kept.as_deref().is_none_or(is_clean));
            }
            let state = job.trace.as_ref().and_then(jobs::Trace::state).unwrap_or_default();
            prop_assert!(job.trace.as_ref().is_none_or(|trace| is_clean(trace.parent())));
            prop_assert!(state.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')));
            let name = job.asked.formats();
            prop_assert!(!name.is_empty());
            job.return_address
        }
        Err(refusal) => {
            prop_assert!(refusal.problem.detail.chars().count() < 1_000);
            prop_assert!(is_clean(&refusal.problem.detail));
            refusal.return_address
        }
    };
    if let Some(address) = address {
        let is_ours = address.to.starts_with("refmill.");
        prop_assert!(!is_ours || address.to.starts_with("refmill.reply."));
        prop_assert!(address.correlation_id.as_deref().is_none_or(is_clean));
    }
    Ok(())
}

/// S21: the corpus, a message a line.
#[test]
fn the_corpus_of_submissions_is_read_or_refused() {
    let lines = include_str!("../../../../../tests/corpus/intake/messages.jsonl").lines();
    assert!(lines.clone().count() > 10);
    for line in lines {
        let given: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |name: &str| given[name].as_str().map(str::to_owned);
        let headers = given["headers"].as_object().into_iter().flatten();
        let header = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => Header::Text(text.clone()),
            serde_json::Value::Bool(yes) => Header::Bool(*yes),
            value => value.as_i64().map_or(Header::Other, Header::Integer),
        };
        let message = RawMessage {
            content_type: text("content_type"),
            content_encoding: text("content_encoding"),
            message_id: text("message_id"),
            correlation_id: text("correlation_id"),
            reply_to: text("reply_to"),
            user_id: text("user_id"),
            headers: headers.map(|(name, value)| (name.clone(), header(value))).collect(),
            ..message(&[])
        };
        let found = is_read_or_refused(&message);
        assert!(found.is_ok(), "{line}: {found:?}");
    }
}

#[test]
fn what_is_said_back_is_short() {
    let long = "x".repeat(100_000);
    let refusal = rules().read(&message(&[("formats", &long)])).expect_err("a refusal");
    assert!(refusal.problem.detail.len() < 1_000, "{}", refusal.problem.detail.len());
    let headers = BTreeMap::from([(format!("opt.{long}"), Header::Text(String::new()))]);
    let refusal = rules().read(&RawMessage { headers, ..message(&[]) }).expect_err("a refusal");
    assert!(refusal.problem.detail.len() < 1_000, "{}", refusal.problem.detail.len());
}
