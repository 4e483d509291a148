//! The bare loop: what the client library and the broker do with nothing around them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions,
    ConfirmSelectOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Confirmation, Connection, ConnectionProperties};
use servers::RabbitMq;
use tokio::sync::oneshot;

use crate::clock::{Measured, clients};
use crate::{Outcome, WINDOW};

const QUEUE: &str = "bare";
const BYTES: usize = 2 << 10;

/// Who waits for which message.
type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<()>>>>;

/// Messages of 2 KB through one quorum queue, over two connections as a process has them: each is
/// published, confirmed, delivered and acknowledged.
pub(crate) async fn run(node: &RabbitMq, time: Duration) -> Outcome<Measured> {
    let url = node.url();
    let connect = || Connection::connect(&url, ConnectionProperties::default());
    let (publishing, consuming) = (connect().await?, connect().await?);
    let channel = publishing.create_channel().await?;
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    let options = QueueDeclareOptions { durable: true, ..Default::default() };
    channel.queue_declare(QUEUE.into(), options, arguments).await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;

    let receiving = consuming.create_channel().await?;
    receiving.basic_qos(WINDOW, BasicQosOptions::default()).await?;
    let options = BasicConsumeOptions::default();
    let mut deliveries =
        receiving.basic_consume(QUEUE.into(), "".into(), options, FieldTable::default()).await?;
    let waiting = Waiting::default();
    let told = waiting.clone();
    let consumer = tokio::spawn(async move {
        while let Some(Ok(delivery)) = deliveries.next().await {
            let number = delivery.data.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
            // As many at a time as in a worker: nobody waits for an acknowledgement to be written.
            let told = told.clone();
            tokio::spawn(async move {
                if delivery.acker.ack(BasicAckOptions::default()).await.is_ok() {
                    let sender =
                        told.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
                    sender.map(|sender| sender.send(()));
                }
            });
        }
    });

    let next = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let measured = clients(time, move || {
        let (channel, waiting, next) = (channel.clone(), waiting.clone(), next.clone());
        async move {
            let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let mut body = vec![b' '; BYTES];
            body[..8].copy_from_slice(&number.to_le_bytes());
            let (sender, receiver) = oneshot::channel();
            waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sender);
            let options = BasicPublishOptions { mandatory: true, immediate: false };
            let properties = BasicProperties::default().with_delivery_mode(2);
            let confirm =
                channel.basic_publish("".into(), QUEUE.into(), options, &body, properties).await?;
            if confirm.await? != Confirmation::Ack(None) {
                return Err("a message was not taken".into());
            }
            receiver.await?;
            Ok(())
        }
    })
    .await?;
    // It may say that a channel is being closed.
    for connection in [consuming, publishing] {
        drop(connection.close(200, "done".into()).await);
    }
    consumer.await?;
    Ok(measured)
}
