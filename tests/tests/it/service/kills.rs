//! Whatever is killed, and in whatever order, no job is lost and none is made twice.
//!
//! `REFMILL_KILL_SECONDS` is for how long, 20 by default; with 120 there are 2,000 jobs.

use std::time::{Duration, Instant};

use super::alone::serve;
use super::load::{Chance, Load, length};
use super::processes::{answers, free_port};
use super::spread::{Setup, Spread};

#[test]
fn killing_the_one_process_loses_no_job() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let mut service = serve(folder.path(), port, "--set jobs.max_failures=50");
    let (length, mut chance) = (length(), Chance::new());
    let load = Load::start(folder.path(), port, length);
    let begun = Instant::now();
    let mut kills = 0;
    while begun.elapsed() < length {
        chance.pause(Duration::from_millis(2_500));
        service.kill();
        kills += 1;
        service.restart();
        answers(port, &service);
    }
    eprintln!("{kills} kills in {:.0?}, all sent: {}", begun.elapsed(), load.is_sent());
    load.hold(|| assert!(!service.has_ended(), "{}", service.said()));
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
}

#[test]
fn killing_anything_loses_no_job() {
    let folder = tempfile::tempdir().expect("a folder");
    // A job that is under way at every kill is no poison.
    let settings =
        "--set jobs.max_failures=50 --set amqp.delivery_limit=50 --set jobs.silent_seconds=5";
    let setup = Setup { settings, workers: "", metrics: None };
    let mut service = Spread::with(folder.path(), &setup);
    let (length, mut chance) = (length(), Chance::new());
    let load = Load::start(folder.path(), service.port, length);
    let begun = Instant::now();
    let mut kills = [0; 6];
    // Each has its turn, in an order of its own each time, and some fall while others are down.
    'killing: loop {
        for victim in chance.shuffled(kills.len()) {
            if begun.elapsed() >= length && kills.iter().all(|count| *count > 0) {
                break 'killing;
            }
            chance.pause(Duration::from_secs(2));
            kill(&mut service, victim);
            kills[victim] += 1;
            if chance.below(3) == 0 {
                let other = chance.below(kills.len());
                if other != victim {
                    chance.pause(Duration::from_millis(500));
                    kill(&mut service, other);
                    kills[other] += 1;
                    restart(&mut service, other);
                }
            }
            chance.pause(Duration::from_secs(1));
            restart(&mut service, victim);
            service.tend();
        }
    }
    eprintln!(
        "kills in {:.0?} of both workers, keeper, gateway, broker, database: {kills:?}; \
         all sent: {}",
        begun.elapsed(),
        load.is_sent(),
    );
    load.hold(|| service.tend());
    for process in service.workers.iter_mut().chain([&mut service.gateway, &mut service.keeper]) {
        assert_eq!(process.terminate().code(), Some(0), "{}", process.said());
    }
}

fn kill(service: &mut Spread, victim: usize) {
    match victim {
        0 | 1 => service.workers[victim].kill(),
        2 => service.keeper.kill(),
        3 => service.gateway.kill(),
        4 => service.broker.kill(),
        _ => service.database.kill(),
    }
}

fn restart(service: &mut Spread, victim: usize) {
    match victim {
        0 | 1 => service.workers[victim].revive(),
        2 => service.keeper.revive(),
        3 => service.gateway.revive(),
        4 => service.broker.restart(),
        _ => service.database.restart(),
    }
}
