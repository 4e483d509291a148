use proptest::prelude::*;

use super::*;

const RUN: RunId = RunId::from_bits(7);

fn running() -> Life {
    Life { state: State::Running { run: RUN }, ..Life::queued() }
}

fn finished(attempt: u32, outcome: Outcome) -> Event {
    Event::Finished { attempt, outcome }
}

fn away() -> Outcome {
    Outcome::Retry { problem: Problem::new(ProblemCode::StoreUnavailable, "away") }
}

fn panicked() -> Outcome {
    Outcome::Retry { problem: Problem::new(ProblemCode::Internal, "panicked") }
}

/// Each row of the table in `service.md` section 3.2: state, attempt, failures, effects.
#[test]
fn each_move_is_the_one_of_the_specification() {
    use Effect::{DropInput, Publish, StopWorkers, Tell};
    let publish = |delay| Publish { delay, republished: false };
    let rows = [
        (Life::receiving(), Event::Received, "queued", 1, 0, vec![publish(0)]),
        (Life::receiving(), Event::Abandoned, "expired", 1, 0, vec![DropInput]),
        (Life::queued(), Event::Started { attempt: 1, run: RUN }, "running", 1, 0, vec![]),
        (Life::queued(), finished(1, Outcome::Succeeded), "succeeded", 1, 0, vec![Tell]),
        (running(), finished(1, Outcome::Succeeded), "succeeded", 1, 0, vec![Tell]),
        (running(), finished(1, away()), "queued", 2, 1, vec![publish(1)]),
        (running(), finished(1, panicked()), "queued", 2, 1, vec![publish(1)]),
        (running(), finished(1, Outcome::Returned), "queued", 2, 0, vec![publish(0)]),
        (running(), finished(1, Outcome::Cancelled), "cancelled", 1, 0, vec![Tell]),
        (Life::queued(), Event::CancelRequested, "cancelled", 1, 0, vec![StopWorkers, Tell]),
        (running(), Event::CancelRequested, "running", 1, 0, vec![StopWorkers]),
        (running(), Event::DeadLettered { attempt: 1 }, "failed", 1, 0, vec![Tell]),
        (running(), Event::Silent { attempt: 1 }, "queued", 2, 1, vec![publish(1)]),
        (
            Life::queued(),
            Event::Lost { attempt: 1 },
            "queued",
            1,
            0,
            vec![Publish { delay: 0, republished: true }],
        ),
        (running(), Event::Orphaned, "queued", 2, 1, vec![publish(1)]),
    ];
    for (life, event, state, attempt, failures, effects) in rows {
        let step = life.after(&event).unwrap_or_else(|| panic!("{event:?} is heard"));
        let reached = (step.life.state.name(), step.life.attempt, step.life.failures);
        assert_eq!((reached, step.effects), ((state, attempt, failures), effects), "{event:?}");
    }
}

#[test]
fn a_queued_job_cannot_be_silent_and_a_running_one_not_be_lost() {
    for event in [Event::Silent { attempt: 1 }, Event::Orphaned, finished(1, Outcome::Cancelled)] {
        assert_eq!(Life::queued().after(&event), None);
    }
    for event in [Event::Lost { attempt: 1 }, Event::Started { attempt: 1, run: RUN }] {
        assert_eq!(running().after(&event), None);
    }
}

#[test]
fn what_speaks_of_another_attempt_is_not_heard() {
    let life = Life { attempt: 3, ..running() };
    for attempt in [2, 4] {
        assert_eq!(life.after(&finished(attempt, Outcome::Succeeded)), None);
        assert_eq!(life.after(&Event::Silent { attempt }), None);
        assert_eq!(life.after(&Event::DeadLettered { attempt }), None);
    }
}

#[test]
fn the_fifth_failure_is_the_last() {
    let ends = [
        (finished(1, away()), ProblemCode::AttemptsExhausted),
        (Event::Silent { attempt: 1 }, ProblemCode::AttemptsExhausted),
        (Event::Orphaned, ProblemCode::Poison),
    ];
    for (event, code) in ends {
        let life = Life { failures: 4, ..running() };
        let end = life.after(&event).expect("it ends").life;
        assert_eq!(end.failures, 5);
        assert!(matches!(end.state, State::Failed { problem } if problem.code == code));
    }
    let delays = [1, 10, 60, 300];
    for (failures, delay) in (0..).zip(delays) {
        let step = Life { failures, ..running() }.after(&finished(1, away())).expect("a retry");
        assert_eq!(step.effects, [Effect::Publish { delay, republished: false }]);
    }
}

#[test]
fn a_second_panic_is_a_failure() {
    let life = Life { failures: 1, ..running() };
    let end = life.after(&finished(1, panicked())).expect("it ends").life;
    assert!(
        matches!(end.state, State::Failed { problem } if problem.code == ProblemCode::Internal)
    );
}

#[test]
fn what_is_to_be_cancelled_is_not_tried_again() {
    let life = Life { cancel_requested: true, failures: 4, ..running() };
    for event in [
        finished(1, away()),
        finished(1, Outcome::Returned),
        Event::Silent { attempt: 1 },
        Event::Orphaned,
    ] {
        let step = life.after(&event).expect("it is heard");
        assert_eq!((step.life.state, step.effects), (State::Cancelled, vec![Effect::Tell]));
    }
    // Finishing first stands.
    let step = life.after(&finished(1, Outcome::Succeeded)).expect("it is heard");
    assert_eq!(step.life.state, State::Succeeded);
}

fn event() -> impl Strategy<Value = Event> {
    let outcome = prop_oneof![
        Just(Outcome::Succeeded),
        Just(Outcome::Failed { problem: Problem::new(ProblemCode::NoRecords, "none") }),
        Just(away()),
        Just(panicked()),
        Just(Outcome::Returned),
        Just(Outcome::Cancelled),
    ];
    let attempt = 1..5_u32;
    prop_oneof![
        Just(Event::Received),
        Just(Event::Abandoned),
        attempt.clone().prop_map(|attempt| Event::Started { attempt, run: RUN }),
        (attempt.clone(), outcome).prop_map(|(attempt, outcome)| finished(attempt, outcome)),
        Just(Event::CancelRequested),
        attempt.clone().prop_map(|attempt| Event::DeadLettered { attempt }),
        attempt.clone().prop_map(|attempt| Event::Silent { attempt }),
        attempt.prop_map(|attempt| Event::Lost { attempt }),
        Just(Event::Orphaned),
    ]
}

proptest! {
    /// Final states are deaf, counters never fall, and an event that was heard as an end, a start
    /// or a failure is not heard again.
    #[test]
    fn any_order_of_events_leads_forward(events in prop::collection::vec(event(), 0..40)) {
        let mut life = Life::receiving();
        for event in events {
            let Some(step) = life.after(&event) else { continue };
            prop_assert!(!life.state.is_final());
            prop_assert!(step.life.attempt >= life.attempt);
            prop_assert!(step.life.failures >= life.failures);
            prop_assert!(step.life.failures <= 5);
            prop_assert_eq!(step.life.state.is_final() && step.life.state != State::Expired,
                step.effects.contains(&Effect::Tell));
            let repeatable = matches!(event, Event::Lost { .. } | Event::CancelRequested);
            prop_assert!(repeatable || step.life.after(&event).is_none(), "{:?}", event);
            life = step.life;
        }
    }
}
