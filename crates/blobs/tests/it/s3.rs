//! What is asked of a store that speaks S3 before it is asked for anything.

use std::time::Duration;

use blobs::{BlobError, Blobs, S3Settings};

fn settings() -> S3Settings {
    S3Settings {
        endpoint: "http://127.0.0.1:1".to_owned(),
        bucket: "refmill".to_owned(),
        access_key_id: "refmill".to_owned(),
        secret_access_key: Some("hunter2".to_owned().into()),
        allow_http: true,
        ..S3Settings::default()
    }
}

#[tokio::test]
async fn the_store_hands_out_blobs_by_signed_addresses() {
    // Another test may have installed it.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let blobs = Blobs::s3(&settings()).expect("a store");
    let disposition = "attachment; filename=\"a.ris\"";
    let signed = blobs.signed_url("out/day/a", Duration::from_mins(5), "text/plain", disposition);
    let signed = signed.await.expect("an answer").expect("an address");
    assert!(signed.starts_with("http://127.0.0.1:1/refmill/out/day/a?"), "{signed}");
    for part in ["X-Amz-Expires=300", "X-Amz-Signature=", "response-content-type=text%2Fplain"] {
        assert!(signed.contains(part), "{part} in {signed}");
    }
    assert!(!signed.contains("hunter2"));
    let none = Blobs::memory().signed_url("out/day/a", Duration::ZERO, "", "").await;
    assert_eq!(none.expect("an answer"), None);
}

#[test]
fn a_bucket_is_needed_and_secrets_are_not_shown() {
    let nameless = S3Settings { bucket: String::new(), ..settings() };
    assert!(matches!(Blobs::s3(&nameless), Err(BlobError::Settings(_))));
    assert!(!format!("{:?}", settings()).contains("hunter2"));
    let shown = serde_json::to_string(&settings()).expect("JSON");
    assert!(shown.contains(r#""secret_access_key":"***""#), "{shown}");
}
