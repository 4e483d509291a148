//! Dead letters.

use jobs::{Outcome, ProblemCode, State};
use store::JobStore;

use crate::house::{House, calm, finished, new_job};

/// R7.
#[tokio::test]
async fn a_dead_letter_is_the_poisoned_end_of_its_job() {
    let house = House::new(calm()).await;
    let (dead, other) = (house.accept(new_job()).await.id, house.accept(new_job()).await.id);
    let message = house.store.message(dead).await.expect("an answer").expect("a message");
    house.broker.bury(message.clone());
    house.broker.bury(message);
    house.wait_for_acks(2).await;
    let State::Failed { problem } = house.job(dead).await.life.state else { panic!("it goes on") };
    assert_eq!(problem.code, ProblemCode::Poison);
    assert_eq!(house.state(other).await, "queued");
}

#[tokio::test]
async fn a_dead_letter_of_an_earlier_attempt_is_not_heard() {
    let house = House::new(calm()).await;
    let id = house.accept(new_job()).await.id;
    let message = house.store.message(id).await.expect("an answer").expect("a message");
    house.broker.finish(&finished(id, 1, Outcome::Returned));
    house.wait_for_acks(1).await;
    house.broker.bury(message);
    house.wait_for_acks(2).await;
    assert_eq!(house.state(id).await, "queued");
}
