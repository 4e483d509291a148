//! Sending messages, safe only when the broker has confirmed them (`service.md` section 5.5).

use std::sync::Arc;
use std::time::Duration;

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation};
use tokio::sync::{Mutex, Semaphore};

use crate::error::QueueError;
use crate::link::Link;
use crate::message::short;
use crate::settings::Settings;

/// A channel for sending. Clones share it, and its window of unconfirmed messages.
#[derive(Clone)]
pub(crate) struct Publisher(Arc<Shared>);

struct Shared {
    link: Link,
    channel: Mutex<Option<Channel>>,
    window: Semaphore,
    patience: Duration,
}

/// What is to be sent where.
pub(crate) struct Parcel<'p> {
    pub(crate) exchange: &'p str,
    pub(crate) key: &'p str,
    pub(crate) properties: BasicProperties,
    pub(crate) body: &'p [u8],
}

impl Publisher {
    pub(crate) fn new(link: Link, settings: &Settings) -> Self {
        Self(Arc::new(Shared {
            link,
            channel: Mutex::new(None),
            window: Semaphore::new(settings.confirm_window),
            patience: Duration::from_secs(settings.confirm_seconds),
        }))
    }

    /// Sends a message, and waits until a queue has it.
    pub(crate) async fn send(&self, parcel: Parcel<'_>) -> Result<(), QueueError> {
        let sent = self.confirmed(parcel).await;
        let result = match &sent {
            Ok(()) => "confirmed",
            Err(QueueError::Unroutable) => "returned",
            Err(QueueError::Refused) => "nacked",
            Err(QueueError::Timeout) => "timeout",
            Err(_) => "error",
        };
        metrics::counter!("refmill_amqp_publish_total", "result" => result).increment(1);
        sent
    }

    async fn confirmed(&self, parcel: Parcel<'_>) -> Result<(), QueueError> {
        let _place = self.0.window.acquire().await.map_err(|_| QueueError::Closed)?;
        let channel = self.channel().await?;
        let options = BasicPublishOptions { mandatory: true, ..Default::default() };
        let confirmation = async {
            let sent = publish(&channel, options, parcel).await?;
            sent.await.map_err(QueueError::Unavailable)
        };
        // lapin waits without end while the broker blocks.
        match tokio::time::timeout(self.0.patience, confirmation).await {
            Ok(Ok(Confirmation::Ack(None))) => Ok(()),
            Ok(Ok(Confirmation::Ack(Some(_)))) => Err(QueueError::Unroutable),
            Ok(Ok(Confirmation::Nack(_) | Confirmation::NotRequested)) => Err(QueueError::Refused),
            Ok(Err(error)) => {
                self.forget(&channel).await;
                Err(error)
            }
            Err(_) => {
                self.forget(&channel).await;
                Err(QueueError::Timeout)
            }
        }
    }

    /// Sends a message that may be lost: nobody listening is normal.
    pub(crate) async fn tell(&self, parcel: Parcel<'_>) -> Result<(), QueueError> {
        let channel = self.channel().await?;
        let sent = publish(&channel, BasicPublishOptions::default(), parcel);
        match tokio::time::timeout(self.0.patience, sent).await {
            Ok(Ok(confirm)) => {
                // Whether it was confirmed is not asked, but must be heard.
                tokio::spawn(confirm);
                Ok(())
            }
            Ok(Err(error)) => {
                self.forget(&channel).await;
                Err(error)
            }
            Err(_) => {
                self.forget(&channel).await;
                Err(QueueError::Timeout)
            }
        }
    }

    async fn channel(&self) -> Result<Channel, QueueError> {
        let mut kept = self.0.channel.lock().await;
        if let Some(channel) = kept.as_ref().filter(|channel| channel.status().connected()) {
            return Ok(channel.clone());
        }
        let channel = self.0.link.channel().await?;
        let confirms = channel.confirm_select(ConfirmSelectOptions::default());
        tokio::time::timeout(self.0.patience, confirms)
            .await
            .map_err(|_| QueueError::Timeout)?
            .map_err(QueueError::Unavailable)?;
        *kept = Some(channel.clone());
        Ok(channel)
    }

    /// Takes another channel for what comes next; what is unconfirmed on this one is not sent.
    async fn forget(&self, lost: &Channel) {
        let mut kept = self.0.channel.lock().await;
        if kept.as_ref().is_some_and(|channel| channel.id() == lost.id()) {
            *kept = None;
        }
    }
}

async fn publish(
    channel: &Channel,
    options: BasicPublishOptions,
    parcel: Parcel<'_>,
) -> Result<lapin::PublisherConfirm, QueueError> {
    let Parcel { exchange, key, properties, body } = parcel;
    // A name that no queue can have leads to none.
    let (Some(exchange), Some(key)) = (short(Some(exchange)), short(Some(key))) else {
        return Err(QueueError::Unroutable);
    };
    let sent = channel.basic_publish(exchange, key, options, body, properties).await;
    sent.map_err(QueueError::Unavailable)
}
