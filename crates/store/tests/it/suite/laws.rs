//! Whatever happens to a job in whatever order, its row is what the life of a job says.

use jobs::{Event, Life, Outcome, Problem, ProblemCode};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{Applied, JobStore};

use crate::bench::*;

/// An event, of the attempt that is so many before or after the present one.
#[derive(Clone, Debug)]
struct Step {
    kind: u8,
    shift: i8,
    times: u8,
}

fn step() -> impl Strategy<Value = Step> {
    let shift = prop_oneof![6 => Just(0), 1 => Just(-1), 1 => Just(1)];
    let times = prop_oneof![4 => Just(1), 1 => Just(2)];
    (0..11_u8, shift, times).prop_map(|(kind, shift, times)| Step { kind, shift, times })
}

fn event(step: &Step, life: &Life) -> Event {
    let attempt = life.attempt.saturating_add_signed(step.shift.into());
    let problem = |code| Problem::new(code, "in a test");
    match step.kind {
        0 => Event::Received,
        1 => Event::Abandoned,
        2 => Event::Started { attempt, run: RUN },
        3 => finished(attempt, Outcome::Succeeded),
        4 => finished(attempt, Outcome::Failed { problem: problem(ProblemCode::NoRecords) }),
        5 => finished(attempt, Outcome::Retry { problem: problem(ProblemCode::Internal) }),
        6 => finished(attempt, Outcome::Returned),
        7 => finished(attempt, Outcome::Cancelled),
        8 => Event::CancelRequested,
        9 => Event::Silent { attempt },
        _ => Event::Orphaned,
    }
}

pub(crate) async fn a_row_is_what_the_life_of_a_job_says(over: Over) {
    let bench = over.relayed().await;
    let runtime = tokio::runtime::Handle::current();
    let law = move || {
        let mut runner = TestRunner::new(Config { cases: 48, ..Config::default() });
        let steps = prop::collection::vec(step(), 1..16);
        runner.run(&(any::<bool>(), steps), |(is_upload, steps)| {
            runtime.block_on(holds(&bench, is_upload, &steps));
            Ok(())
        })
    };
    tokio::task::spawn_blocking(law).await.expect("a task").expect("the law holds");
}

async fn holds(bench: &Bench, is_upload: bool, steps: &[Step]) {
    let (id, mut life) = if is_upload {
        let upload = upload(None);
        bench.store.begin(upload.clone()).await.expect("an answer");
        (upload.id, Life::receiving())
    } else {
        (bench.queued().await.id, Life::queued())
    };
    let mut version = 1;
    for step in steps {
        let event = event(step, &life);
        for _ in 0..step.times {
            let expected = life.after(&event);
            let applied = bench.apply(id, event.clone()).await;
            let job = match (expected, applied) {
                (Some(step), Applied::Done(job)) => {
                    life = step.life;
                    version += 1;
                    job
                }
                (None, Applied::Stale(job)) => job,
                (expected, applied) => panic!("{event:?}: {expected:?}, {applied:?}"),
            };
            assert_eq!((&job.life, job.version), (&life, version));
            assert_eq!(bench.get(id).await, *job, "the row is what was said");
        }
    }
}
