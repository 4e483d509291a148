//! Blobs in a store that speaks S3.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use object_store::aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut};
use object_store::path::Path;
use object_store::signer::{SignedUrlOptions, Signer};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use reqwest::Method;
use rustls::crypto::CryptoProvider;
use secrecy::ExposeSecret;

use crate::blobs::Sign;
use crate::key::Key;
use crate::settings::S3Settings;
use crate::{BlobError, Blobs};

impl Blobs {
    /// Blobs in a bucket. Nothing is asked of the server yet: [`Blobs::check`] does.
    ///
    /// The program must have installed a provider of cryptography for rustls.
    ///
    /// # Errors
    ///
    /// [`BlobError::Settings`].
    pub fn s3(settings: &S3Settings) -> Result<Self, BlobError> {
        let wrong = |problem: &str| BlobError::Settings(problem.to_owned());
        if settings.bucket.is_empty() {
            return Err(wrong("blobs.s3.bucket is empty"));
        }
        if CryptoProvider::get_default().is_none() {
            return Err(wrong("no provider of cryptography is installed"));
        }
        let region = if settings.region.is_empty() { "us-east-1" } else { &settings.region };
        // Tries end well before a job is taken for silent.
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: 4,
            retry_timeout: Duration::from_secs(30),
        };
        // A blob may take its time, as long as something of it comes.
        let client = ClientOptions::new()
            .with_connect_timeout(Duration::from_secs(5))
            .with_read_timeout(Duration::from_mins(1))
            .with_timeout_disabled()
            .with_allow_http(settings.allow_http);
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(&settings.bucket)
            .with_region(region)
            .with_virtual_hosted_style_request(settings.virtual_hosted)
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .with_retry(retry)
            .with_client_options(client);
        if !settings.endpoint.is_empty() {
            builder = builder.with_endpoint(&settings.endpoint);
        }
        if !settings.access_key_id.is_empty() {
            builder = builder.with_access_key_id(&settings.access_key_id);
        }
        if let Some(secret) = &settings.secret_access_key {
            builder = builder.with_secret_access_key(secret.expose_secret());
        }
        let store = builder.build().map_err(|error| BlobError::Settings(error.to_string()))?;
        let store = Arc::new(store);
        Ok(Self::over(store.clone()).with_signer(Arc::new(Bucket(store))))
    }
}

/// A bucket that hands out its objects by signed addresses.
struct Bucket(Arc<AmazonS3>);

impl Sign for Bucket {
    fn sign(
        &self,
        key: &Key,
        valid: Duration,
        answer: [(&'static str, String); 2],
    ) -> BoxFuture<'static, Result<String, BlobError>> {
        let (bucket, key) = (self.0.clone(), key.clone());
        async move {
            let options = SignedUrlOptions::new().with_query(answer);
            let path = Path::from(key.as_str());
            let address = bucket.signed_url_opts(Method::GET, &path, valid, &options).await;
            let address =
                address.map_err(|error| BlobError::object("sign", key.as_str(), error))?;
            Ok(address.to_string())
        }
        .boxed()
    }
}
