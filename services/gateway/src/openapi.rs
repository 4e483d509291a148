//! `/openapi.json`: the API for programs (OpenAPI 3.1), made of [`operations`](crate::operations),
//! of the table of settings and of the types of the view.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::Method;
use convert::{SETTINGS, Values};
use formats::Format;
use jobs::ProblemCode;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::link::{Link, LinkBuilder};
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathsBuilder,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{
    ComponentsBuilder, KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, Type,
};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content as MediaType, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder,
    Paths, Ref, RefOr, Required,
};

use crate::accept::essence;
use crate::operations::{self, Content, Kind, Operation, Parameter, Place, Success, Takes};
use crate::refusal::PROBLEM_TYPE;
use crate::view;

/// The name of the security scheme.
const BEARER: &str = "key";

/// One record, as small as it can be.
const EXAMPLE: &str = "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>99000001</PMID>\
    <Article><ArticleTitle>Invented.</ArticleTitle></Article></MedlineCitation></PubmedArticle>\
    </PubmedArticleSet>";

/// Media types of inputs (`service.md` section 6.3).
const INPUTS: [&str; 9] = [
    "application/xml",
    "text/xml",
    "text/html",
    "application/xhtml+xml",
    "application/nbib",
    "application/x-nbib",
    "application/gzip",
    "text/plain",
    "application/octet-stream",
];

static TEXT: LazyLock<String> = LazyLock::new(|| {
    api().to_json().unwrap_or_else(|error| {
        tracing::error!(%error, "the description of the API cannot be printed");
        "{}".to_owned()
    })
});

/// Handles the route.
pub(crate) async fn document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(TEXT.as_str())
}

/// The description of the API.
fn api() -> OpenApi {
    let description = "PubMed records as RIS, BibTeX, BibLaTeX, CSL-JSON, EndNote XML and JSON \
        Lines. Every error is a problem of RFC 9457.";
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0");
    let info = InfoBuilder::new()
        .title("refmill")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(description))
        .license(Some(license.identifier(Some("MIT OR Apache-2.0")).build()));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A key, where the service asks for keys: `rm_…`"));
    let mut schemas = Vec::new();
    schema_of::<view::Job>(&mut schemas);
    schema_of::<view::Jobs>(&mut schemas);
    schema_of::<view::Envelope>(&mut schemas);
    schema_of::<view::Problem>(&mut schemas);
    schema_of::<view::Health>(&mut schemas);
    schema_of::<view::ProgressEvent>(&mut schemas);
    schema_of::<view::EndEvent>(&mut schemas);
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(BEARER, SecurityScheme::Http(bearer.build()));
    OpenApiBuilder::new()
        .info(info.build())
        .paths(paths())
        .components(Some(components.build()))
        .build()
}

/// A type of the view, with all types that it is made of.
fn schema_of<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

fn paths() -> Paths {
    let mut paths = PathsBuilder::new().build();
    for operation in operations::ALL {
        paths.add_path_operation(
            operation.path,
            vec![method(&operation.method)],
            described(operation).build(),
        );
    }
    paths
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn described(operation: &Operation) -> OperationBuilder {
    let mut described =
        OperationBuilder::new().operation_id(Some(operation.id)).summary(Some(operation.summary));
    for name in path_parameters(operation.path) {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(path_schema(name)));
        described = described.parameter(parameter);
    }
    for parameter in operation.parameters {
        described = described.parameter(parameter_of(parameter));
    }
    if operation.takes == Takes::Input {
        for setting in SETTINGS {
            let parameter = ParameterBuilder::new()
                .name(setting.name)
                .parameter_in(ParameterIn::Query)
                .description(Some(setting.help))
                .schema(Some(setting_schema(setting.values, &setting.default())));
            described = described.parameter(parameter);
        }
        described = described.request_body(Some(input()));
    }
    for success in operation.answers {
        described = described.response(success.status.to_string(), success_of(success));
    }
    for (status, codes) in by_status(&operation.problems()) {
        described = described.response(status.to_string(), problem_of(&codes));
    }
    if operation.scope.is_some() {
        // Either a key, or nothing where the service asks for none.
        let none: [&str; 0] = [];
        described = described.security(SecurityRequirement::new(BEARER, none));
        described = described.security(SecurityRequirement::default());
    }
    described
}

fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split(['{', '}']).skip(1).step_by(2)
}

fn path_schema(name: &str) -> Schema {
    let text = ObjectBuilder::new().schema_type(Type::String);
    match name {
        "format" => text.enum_values(Some(Format::ALL.map(Format::as_str))).build().into(),
        "id" => text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).build().into(),
        _ => text.build().into(),
    }
}

fn parameter_of(parameter: &Parameter) -> ParameterBuilder {
    let schema = match parameter.kind {
        Kind::Text => ObjectBuilder::new().schema_type(Type::String),
        Kind::Like(pattern) => {
            ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern))
        }
        Kind::Number(least, most) => {
            ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)).maximum(Some(most))
        }
        Kind::Words(words) => {
            ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.iter().copied()))
        }
    };
    ParameterBuilder::new()
        .name(parameter.name)
        .parameter_in(match parameter.place {
            Place::Query => ParameterIn::Query,
            Place::Header => ParameterIn::Header,
        })
        .description(Some(parameter.about))
        .schema(Some(schema.build()))
}

fn setting_schema(values: Values, default: &str) -> Object {
    let text = ObjectBuilder::new().schema_type(Type::String).default(Some(json!(default)));
    match values {
        Values::One(words) => text.enum_values(Some(words.iter().copied())),
        Values::Several(words) => text
            .description(Some(format!("`none`, or any of {}, with commas", words.join(", "))))
            .pattern(Some(format!("^(none|{})$", list_of(words)))),
        Values::Formats => {
            let words = Format::ALL.map(Format::as_str);
            text.description(Some(format!("Any of {}, with commas, each once", words.join(", "))))
                .pattern(Some(format!("^{}$", list_of(&words))))
        }
        Values::Text(shown) => text.description(Some(shown)),
    }
    .build()
}

/// The pattern of a list of such words, with commas.
fn list_of(words: &[&str]) -> String {
    let word = words.join("|");
    format!("({word})(,({word}))*")
}

fn input() -> RequestBody {
    let mut body = RequestBodyBuilder::new()
        .description(Some("The input as it is, or packed once with gzip, or as the part `file`"))
        .required(Some(Required::True));
    for media_type in INPUTS {
        let content = match media_type {
            "application/xml" | "text/xml" => {
                ContentBuilder::new().example(Some(json!(EXAMPLE))).build()
            }
            _ => binary(),
        };
        body = body.content(media_type, content);
    }
    let file = ObjectBuilder::new()
        .property("file", ObjectBuilder::new().content_media_type("application/octet-stream"))
        .required("file")
        .description(Some("Other parts are parameters, by the names of the query"));
    body.content("multipart/form-data", MediaType::new(Some(file.build()))).build()
}

/// Any bytes: a schema that says nothing.
fn binary() -> MediaType {
    MediaType::new(None::<RefOr<Schema>>)
}

fn success_of(success: &Success) -> Response {
    let mut response = ResponseBuilder::new().description(success.about);
    match success.content {
        Content::Nothing => {}
        Content::Json(schema) => {
            response = response.content("application/json", reference(schema));
            if schema == "Job" {
                for (name, link) in links() {
                    response = response.link(name, link);
                }
            }
        }
        Content::Bytes(media_type) => response = response.content(media_type, binary()),
        Content::Formats { with_envelope } => {
            for format in Format::ALL {
                response = response.content(essence(format.media_type()), binary());
            }
            if with_envelope {
                response = response.content("application/json", reference("Envelope"));
            }
        }
    }
    for (name, about) in success.headers {
        let text = ObjectBuilder::new().schema_type(Type::String).build();
        let header = HeaderBuilder::new().schema(Some(text)).description(Some(*about));
        response = response.header(*name, header.build());
    }
    response.build()
}

/// What can be done with a job that an answer shows.
fn links() -> impl Iterator<Item = (&'static str, Link)> {
    let of_jobs = operations::ALL.into_iter().filter(|operation| operation.path.contains("{id}"));
    of_jobs.map(|operation| {
        let mut link = LinkBuilder::new().operation_id(operation.id);
        for name in path_parameters(operation.path) {
            let place = if name == "format" { "formats/0" } else { name };
            link = link.parameter(name, format!("$response.body#/{place}"));
        }
        (operation.id, link.build())
    })
}

fn reference(schema: &str) -> MediaType {
    MediaType::new(Some(Ref::from_schema_name(schema)))
}

/// Problems by the status that they have.
fn by_status(problems: &[ProblemCode]) -> BTreeMap<u16, Vec<&'static str>> {
    let mut statuses: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for problem in problems {
        let codes = statuses.entry(problem.status()).or_default();
        if !codes.contains(&problem.as_str()) {
            codes.push(problem.as_str());
        }
    }
    statuses
}

fn problem_of(codes: &[&str]) -> Response {
    let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    ResponseBuilder::new()
        .description(codes.join(", "))
        .content(PROBLEM_TYPE, reference("Problem"))
        .build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn document() -> Value {
        serde_json::from_str(&TEXT).expect("JSON")
    }

    #[test]
    fn the_document_is_openapi_3_1_with_a_title_of_its_own() {
        let document = document();
        assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
        assert_eq!(document["info"]["title"], "refmill");
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn every_operation_is_there_once_with_all_that_it_may_answer() {
        let document = document();
        let mut ids = BTreeSet::new();
        for operation in operations::ALL {
            let described =
                &document["paths"][operation.path][operation.method.as_str().to_lowercase()];
            assert!(ids.insert(described["operationId"].to_string()), "{}", operation.id);
            let responses = described["responses"].as_object().expect("responses");
            let answers = operation.answers.iter().map(|success| success.status);
            let problems = operation.problems().into_iter().map(ProblemCode::status);
            let expected: BTreeSet<String> =
                answers.chain(problems).map(|status| status.to_string()).collect();
            let found: BTreeSet<String> = responses.keys().cloned().collect();
            assert_eq!(found, expected, "{}", operation.id);
        }
        let described = document["paths"].as_object().expect("paths").values();
        let count: usize = described.map(|path| path.as_object().expect("methods").len()).sum();
        assert_eq!(count, operations::ALL.len());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references(value: &Value, found: &mut BTreeSet<String>) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(to)) = members.get("$ref") {
                        found.insert(to.clone());
                    }
                    members.values().for_each(|value| references(value, found));
                }
                Value::Array(values) => values.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        for to in found {
            let place = to.strip_prefix('#').expect("a place in the document");
            assert!(document.pointer(place).is_some(), "{to}");
        }
    }

    #[test]
    fn every_option_of_a_conversion_is_a_parameter() {
        let document = document();
        for path in ["/v1/convert", "/v1/jobs"] {
            let parameters = document["paths"][path]["post"]["parameters"].as_array();
            let parameters = parameters.expect("parameters");
            for setting in SETTINGS {
                let is_there = parameters.iter().any(|one| one["name"] == setting.name);
                assert!(is_there, "{path} {}", setting.name);
            }
        }
    }
}
