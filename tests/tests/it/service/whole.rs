//! `refmill serve` over RabbitMQ and PostgreSQL: all roles in one process, and jobs through a broker.

use servers::Postgres;

use super::client::{agree, files, submit};
use super::processes::answers;
use super::spread::Ground;

#[test]
fn one_process_over_servers_has_one_connection_for_each_direction() {
    let folder = tempfile::tempdir().expect("a folder");
    let ground = Ground::prepare(folder.path(), Postgres::start(), "");
    // Under this prefix nothing is declared yet: the keeper in the process does it.
    let mut service = ground.start("serve", "serve", "--set amqp.prefix=fresh");
    answers(ground.port, &service);
    let inputs = files(folder.path(), 20, 100);
    let out = folder.path().join("out");
    assert_eq!(submit(&inputs, ground.port, &out), Some(1));
    agree(&inputs, &out, folder.path());
    // What is published goes over one, what is consumed comes over the other, whichever role does
    // it (service.md section 5.6).
    let listed = ground.broker.ctl(&["-q", "list_connections", "client_properties"]);
    let mut purposes: Vec<&str> = listed
        .split('"')
        .filter(|text| text.starts_with("refmill-"))
        .map(|name| {
            assert!(name.starts_with("refmill-serve-"), "{name}");
            name.rsplit(' ').next().unwrap_or(name)
        })
        .collect();
    purposes.sort_unstable();
    assert_eq!(purposes, ["consume", "publish"], "{listed}");
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
}
