//! Stores: one suite over SQLite and PostgreSQL, and what each has for itself.

mod bench;
mod suite;

/// The same tests over both databases.
macro_rules! over_both {
    ($($room:ident { $($test:ident)* })*) => {
        mod sqlite {$(
            mod $room {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::suite::$room::$test(crate::bench::Over::Sqlite).await;
                }
            )*}
        )*}

        mod postgres {$(
            mod $room {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::suite::$room::$test(crate::bench::Over::Postgres).await;
                }
            )*}
        )*}
    };
}

over_both! {
    accepting {
        a_job_is_read_as_it_was_accepted
        the_same_key_makes_one_job
        a_key_is_free_after_its_time
        ten_at_once_with_one_key_make_one_job
        an_upload_becomes_a_job
        an_upload_that_is_silent_expires_and_frees_its_key
    }
}
