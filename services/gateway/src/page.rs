//! The pages for people, from inside of the binary: no build step, no other host.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use jobs::{Digest, ProblemCode};

use crate::etag;
use crate::refusal::{Answer, Refusal};

/// What a page may do: nothing but talk to this service (`service.md` section 6.8).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// A file of the pages.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const ICON: &str = "image/svg+xml";

/// The page at `/`.
const INDEX: Asset =
    Asset { name: "index.html", media_type: HTML, bytes: include_bytes!("../page/index.html") };
/// The page at `/docs`.
const DOCS: Asset =
    Asset { name: "docs.html", media_type: HTML, bytes: include_bytes!("../page/docs.html") };
/// What the pages load, at `/assets/{name}`.
const ASSETS: &[Asset] = &[
    Asset { name: "app.js", media_type: SCRIPT, bytes: include_bytes!("../page/app.js") },
    Asset { name: "docs.js", media_type: SCRIPT, bytes: include_bytes!("../page/docs.js") },
    Asset { name: "icon.svg", media_type: ICON, bytes: include_bytes!("../page/icon.svg") },
    Asset {
        name: "references.js",
        media_type: SCRIPT,
        bytes: include_bytes!("../page/references.js"),
    },
    Asset { name: "style.css", media_type: STYLE, bytes: include_bytes!("../page/style.css") },
];

/// Handles `/`.
pub(crate) async fn index(request: HttpRequest) -> HttpResponse {
    send(&request, &INDEX)
}

/// Handles `/docs`.
pub(crate) async fn docs(request: HttpRequest) -> HttpResponse {
    send(&request, &DOCS)
}

/// Handles `/assets/{name}`.
pub(crate) async fn asset(request: HttpRequest, name: web::Path<String>) -> Answer {
    let asset = ASSETS.iter().find(|asset| asset.name == name.as_str());
    let asset =
        asset.ok_or_else(|| Refusal::new(ProblemCode::NotFound, "there is no such file"))?;
    Ok(send(&request, asset))
}

fn send(request: &HttpRequest, asset: &Asset) -> HttpResponse {
    let tag = format!("\"{}\"", Digest::of(asset.bytes));
    let is_known = etag::none_match(request.headers(), &[&tag]);
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::ETAG, tag));
    answer.insert_header((header::CACHE_CONTROL, "no-cache"));
    answer.insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    if is_known {
        return answer.finish();
    }
    answer.content_type(asset.media_type).body(asset.bytes)
}
