//! Stores: one suite over SQLite and PostgreSQL, and what each has for itself.

mod bench;
mod folder;
mod group;
mod network;
mod server;
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
        a_silent_upload_loses_its_key_to_whoever_asks_for_it
        ten_that_ask_for_the_key_of_a_silent_upload_are_given_it_once
    }
    moving {
        a_result_is_kept_with_all_that_was_said
        a_failed_job_has_its_problem_and_its_diagnostics
        an_event_is_heard_once_and_by_its_attempt_alone
        tries_wait_longer_each_time_and_end
        the_number_of_tries_is_an_option
        beats_start_a_job_and_show_its_progress
        a_waiting_job_is_cancelled_and_a_running_one_asked
        a_job_is_nobody_elses
    }
    listing {
        pages_are_the_newest_first_and_meet
        a_page_shows_one_state_with_results_and_without_bytes
        a_job_with_nothing_to_say_is_listed_before_and_after_its_input_has_gone
    }
    claiming {
        the_oldest_due_job_of_a_lane_is_next
        no_job_is_claimed_twice
        jobs_of_a_dead_process_are_handed_out_anew
        uploads_to_a_dead_process_are_given_up
        a_clock_set_back_holds_no_job_up
        no_errands_are_written_where_nobody_runs_them
    }
    errands {
        an_errand_that_is_not_confirmed_comes_back
        an_errand_can_be_put_off
        a_clock_set_back_holds_no_errand_up
        takers_share_errands_and_lose_none
        each_move_has_its_errands
        what_has_moved_on_needs_no_message
        a_producer_is_told_as_it_has_asked
        a_lost_message_shows_as_a_job_that_waits_without_errand
    }
    webhooks {
        each_end_is_delivered_until_it_is_taken
    }
    removing {
        a_deleted_job_takes_its_blobs_along
        what_has_outlived_its_time_goes_step_by_step
        a_sweep_does_no_more_than_it_may
        a_clock_that_jumps_ends_nothing_early_by_more_than_it_jumped
        a_blob_is_needed_while_a_row_names_it_or_its_job_is_open
    }
    watching {
        each_change_is_heard
        what_waits_is_counted
        a_store_answers_until_it_is_closed
        bringing_the_schema_up_to_date_again_changes_nothing
        a_schema_of_before_is_brought_up_to_date_with_its_rows
    }
    laws {
        a_row_is_what_the_life_of_a_job_says
    }
}
